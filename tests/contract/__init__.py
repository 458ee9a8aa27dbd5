"""The contract: its checker, its own consistency, and the generators that read it."""
# SPDX-License-Identifier: Apache-2.0

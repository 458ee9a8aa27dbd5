"""docs/operations/: what stands there is done."""
# SPDX-License-Identifier: Apache-2.0

-- Asks for the balances listed in a file, at random, and prints one JSON line of results.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the file, lines of "token path". Requests are built once: while measuring, Lua only picks one.
local threads_count = 0
local requests = {}

function setup(thread)
    threads_count = threads_count + 1
    thread:set("seed", threads_count)
end

function init(args)
    math.randomseed(seed * 7919)
    for line in io.lines(args[1]) do
        local token, path = line:match("^(%S+) (%S+)$")
        requests[#requests + 1] = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. token })
    end
end

function request()
    return requests[math.random(#requests)]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "duration_us": %d, "bytes": %d, "p50_us": %d, "p90_us": %d, "p99_us": %d, "max_us": %d, ' ..
        '"failed": %d, "refused": %d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(90),
        latency:percentile(99), latency.max, errors.connect + errors.read + errors.write + errors.timeout,
        errors.status))
end

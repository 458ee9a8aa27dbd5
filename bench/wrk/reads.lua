-- Asks for the balances listed in a file, at random, and prints one JSON line of results.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the file, lines of "token path", and for how many milliseconds a connection pauses between two requests on average
-- (0 when left out). Requests are built once: while measuring, Lua only picks one.
local threads_count = 0
local requests = {}
local pause_ms = 0

function setup(thread)
    threads_count = threads_count + 1
    thread:set("seed", threads_count)
end

function init(args)
    math.randomseed(seed * 7919)
    pause_ms = tonumber(args[2] or 0)
    for line in io.lines(args[1]) do
        local token, path = line:match("^(%S+) (%S+)$")
        requests[#requests + 1] = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. token })
    end
end

function request()
    return requests[math.random(#requests)]
end

function delay()
    return pause_ms == 0 and 0 or math.random(0, 2 * pause_ms)
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

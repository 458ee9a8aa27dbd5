-- Charges accounts chosen at random and prints one JSON line of results.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a file of provider tokens, the number of accounts, a name that makes this run's keys and numbers its own, and how
-- many milliseconds a connection pauses in the middle before it asks again (0: not at all).
local threads_count = 0
local tokens = {}
local accounts, run, pause_ms, asked = 0, "", 0, 0
local BODY = '{"account_id":"01900000-0001-7000-8000-%012d","charge_no":"%s","amount_fen":100,"usage":"medicine",' ..
             '"item":"bench item","capture":true}'

function setup(thread)
    threads_count = threads_count + 1
    thread:set("seed", threads_count)
end

function init(args)
    math.randomseed(seed * 7919)
    for line in io.lines(args[1]) do
        tokens[#tokens + 1] = "Bearer " .. line
    end
    accounts, run, pause_ms = tonumber(args[2]), args[3], tonumber(args[4])
end

function request()
    asked = asked + 1
    local number = run .. "-" .. seed .. "-" .. asked
    return wrk.format("POST", "/v1/charges", {
        ["Authorization"] = tokens[math.random(#tokens)],
        ["Content-Type"] = "application/json",
        ["Idempotency-Key"] = "key-" .. number,
    }, BODY:format(100000000000 + math.random(accounts), number))
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

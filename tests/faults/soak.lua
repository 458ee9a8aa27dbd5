-- Charges and reads accounts chosen at random, at a pace, and prints one JSON line of results.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a file with a provider's token and then account ids, a name that makes this run's keys and numbers its own, and the mean
-- pause of a connection in milliseconds (0: none).
local threads_count, token, accounts, run, pause_ms, asked = 0, "", {}, "", 0, 0
local BODY = '{"account_id":"%s","charge_no":"%s","amount_fen":1,"usage":"medicine","capture":true}'

function setup(thread)
    threads_count = threads_count + 1
    thread:set("seed", threads_count)
end

function init(args)
    math.randomseed(seed * 7919)
    for line in io.lines(args[1]) do
        if token == "" then token = "Bearer " .. line else accounts[#accounts + 1] = line end
    end
    run, pause_ms = args[2], tonumber(args[3])
end

function request()
    asked = asked + 1
    local number = run .. "-" .. seed .. "-" .. asked
    return wrk.format("POST", "/v1/charges", {
        ["Authorization"] = token,
        ["Content-Type"] = "application/json",
        ["Idempotency-Key"] = "soak-" .. number,
    }, BODY:format(accounts[math.random(#accounts)], number))
end

function delay()
    return pause_ms == 0 and 0 or math.random(0, 2 * pause_ms)
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format('{"requests": %d, "duration_us": %d, "p99_us": %d, "cut": %d, "refused": %d}\n', summary.requests,
        summary.duration, latency:percentile(99), errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end

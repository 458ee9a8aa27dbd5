"""Amounts and dates in words once more, by other means; and what an amount in words means to who hears it."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import re

DIGITS = "零一二三四五六七八九"
ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen").split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ["", " thousand", " million", " billion", " trillion"]


def number_zh(number):
    """Every digit with its place, then the zeros are thinned out by rules of text."""
    if number >= 10**8:
        low = eight_digits(number % 10**8)
        return tidy(number_zh(number // 10**8) + "亿" + low)
    return tidy(eight_digits(number)) or "零"


def eight_digits(number):
    high, low = divmod(number, 10000)
    return (tidy(four_digits(high), keep_head=True) + "万" if high else "零") + four_digits(low)


def four_digits(number):
    return "".join(DIGITS[int(d)] + (place if d != "0" else "") for d, place in zip(f"{number:04d}", "千百十|")).replace("|", "")


def tidy(words, keep_head=False):
    # The zeros at the end of a group before 万 are not said.
    words = re.sub("零+(?=万|亿|$)", "", re.sub("零+", "零", words))
    # A group that ends with zeros needs none before a thousand of the next.
    words = re.sub("(万)零(?=[一二三四五六七八九]千)", r"\1", words) if "亿" not in words else words
    return words if keep_head else words.lstrip("零")


def amount_zh(fen):
    sign, fen = ("负" if fen < 0 else ""), abs(fen)
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    words = number_zh(yuan) + "元" if yuan or not fen else ""
    words += DIGITS[jiao] + "角" if jiao else ("零" if yuan and rest else "")
    words += DIGITS[rest] + "分" if rest else ""
    words = re.sub("^一十", "十", words)
    return sign + re.sub("^二(?!十)", "两", words)


def number_en(number):
    groups = []
    for scale in SCALES:
        number, group = divmod(number, 1000)
        if group:
            groups.append((group, scale))
    if not groups:
        return "zero"
    said = [hundreds_en(group) + scale for group, scale in reversed(groups)]
    last_is_small = groups[0][1] == "" and groups[0][0] < 100 and len(groups) > 1
    return " ".join(said[:-1]) + " and " + said[-1] if last_is_small else " ".join(said)


def hundreds_en(number):
    hundreds, rest = divmod(number, 100)
    parts = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        parts.append(ONES[rest] if rest < 20 else TENS[tens] + (f"-{ONES[ones]}" if ones else ""))
    return " and ".join(parts)


def amount_en(fen):
    sign, fen = ("minus " if fen < 0 else ""), abs(fen)
    parts = [f"{number_en(fen // 100)} yuan"] if fen >= 100 or not fen else []
    parts += [f"{number_en(fen % 100)} fen"] if fen % 100 else []
    return sign + " and ".join(parts)


def heard_zh(words):
    """Fen, as somebody adds them up who hears the words."""
    sign = -1 if words.startswith("负") else 1
    match = re.fullmatch("负?(?:(.+)元)?(?:(.)角)?零?(?:(.)分)?", words)
    yuan, jiao, fen = (number_heard_zh(part or "") for part in match.groups())
    return sign * (yuan * 100 + jiao * 10 + fen)


def number_heard_zh(words):
    for scale, unit in ((10**8, "亿"), (10**4, "万")):
        if unit in words:
            high, low = words.rsplit(unit, 1)
            return number_heard_zh(high) * scale + number_heard_zh(low)
    total = 0
    for digit, place in re.findall("([一二两三四五六七八九]?)([千百十]?)", words.replace("零", "")):
        if digit or place:
            value = "一二三四五六七八九".find(digit.replace("两", "二")) + 1 if digit else 1
            total += value * {"千": 1000, "百": 100, "十": 10, "": 1}[place]
    return total


def date_zh(day):
    month_and_day = amount_zh(day.month * 100).replace("元", "月") + amount_zh(day.day * 100).replace("元", "日")
    return "".join(DIGITS[int(d)] for d in str(day.year)) + "年" + month_and_day.replace("两", "二")


def date_en(day):
    ordinals = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth",
                20: "twentieth", 30: "thirtieth"}
    name = number_en(day.day)
    last = day.day if day.day <= 20 or day.day == 30 else day.day % 10
    ordinal = ordinals.get(last, ONES[last] + "th" if last < 20 else "")
    ordinal = ordinal if last == day.day else name.split("-")[0] + "-" + ordinal
    return f"the {ordinal} of {day:%B} {year_en(day.year)}"


def year_en(year):
    century, rest = divmod(year, 100)
    if year % 1000 < 10:
        return number_en(year)
    if rest == 0:
        return f"{number_en(century)} hundred"
    return f"{number_en(century)} oh {ONES[rest]}" if rest < 10 else f"{number_en(century)} {number_en(rest)}"


def days_since_1970(day):
    return (day - datetime.date(1970, 1, 1)).days

"""One key for one telephone, however it was written down."""

import re

_WRITTEN_PHONE = re.compile(r"\+?[0-9][0-9 ().\-]*\Z")
_NOT_DIGITS = re.compile(r"[^0-9]")
_BRAZIL_MOBILE = re.compile(r"(55[1-9][1-9])9([6-9][0-9]{7})\Z")


def match_key(phone: str) -> str:
    """The key under which two spellings of a number are one person; for looking up, never for sending.

    Brazilian mobile numbers got a ninth digit (a 9 in front) between 2012 and 2016, and WhatsApp
    still names many people by the eight digits: both give country, area and the last eight.
    Landlines (first digit 2 to 5) never had the ninth, so neither they nor the newer mobile
    numbers whose eight digits look like a landline's are touched: those have one spelling only.
    What is not a phone number comes back as it was.
    """
    if not _WRITTEN_PHONE.match(phone):
        return phone
    return _BRAZIL_MOBILE.sub(r"\1\2", _NOT_DIGITS.sub("", phone))

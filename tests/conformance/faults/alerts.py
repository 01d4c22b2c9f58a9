# SPDX-License-Identifier: Apache-2.0
# Alerts that come: every number, both levels, at every stage; malformed ones, and floods. The rules:
#
#   fatal       alert_received with that number, also for numbers that nobody assigned. TLS 1.3 does not look at the
#               level (RFC 8446 6): there every number but close_notify and user_canceled is fatal.
#   warning     in TLS 1.2 ignored, whatever the number (RFC 5246 7.2.2), but not without end.
#   close_notify   after the handshake the end of the data; in the handshake a protocol_error. TLS 1.2 and fatal:
#               an alert like any other.
import codec
from row import *  # noqa: F403

CLOSE_NOTIFY = 0
KNOWN = (10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 60, 70, 71, 80, 86, 90, 100, 109, 110, 111,
         112,
         113, 114, 115, 116, 120)
SOME = (10, 21, 40, 42, 46, 51, 80, 90, 99, 120, 255)

# Where an alert can come: the calls of the scripted peer, by version and side under test.
FIRST, MIDDLE, OPEN = "before anything else", "in the handshake", "after the handshake"
HOOKS = {
    (FIRST, "client"): {"1.2": "before ServerHello", "1.3": "before ServerHello"},
    (FIRST, "server"): {"1.2": "before ClientHello", "1.3": "before ClientHello"},
    (MIDDLE, "client"): {"1.2": "before ServerKeyExchange", "1.3": "before Certificate"},
    (MIDDLE, "server"): {"1.2": "before ClientKeyExchange", "1.3": "before Finished"},
    (OPEN, "client"): {"1.2": "established", "1.3": "established"},
    (OPEN, "server"): {"1.2": "established", "1.3": "established"},
}


def one(name, version, tested, stage, outcome, *actions):
    return Row(f"{name} {stage}", version, tested, outcome, {HOOKS[stage, tested][version]: stop(*actions)})


def places():
    for version in VERSIONS:
        for tested in ROLES:
            for stage in (FIRST, MIDDLE, OPEN):
                yield version, tested, stage, "read" if stage == OPEN else "handshake"


def numbered(row, number):
    row.name += f" #{number}"
    return row


def fatal(full):
    for version, tested, stage, at in places():
        for number in range(256) if full or stage == FIRST else (*KNOWN, 1, 99, 122, 254, 255):
            if number == CLOSE_NOTIFY or (number == USER_CANCELED and version == "1.3"):
                continue
            yield numbered(one("a fatal alert", version, tested, stage, is_told(number, at),
                               alert(codec.FATAL, number)), number)


def warnings(full):
    for version, tested, stage, at in places():
        for number in range(1, 256) if full else SOME:
            if number == NO_RENEGOTIATION and version == "1.2":
                continue
            # Before TLS 1.3 was chosen nobody knows whose rules hold: the connection has no version, and goes on.
            if version == "1.3" and stage != FIRST:
                if number == USER_CANCELED:
                    continue
                outcome = is_told(number, at)
            elif stage == FIRST:
                continue
            else:
                outcome = works()
            script = {HOOKS[stage, tested][version]: do(alert(codec.WARNING, number))}
            script["established"] = do(*([alert(codec.WARNING, number)] if stage == OPEN else []), says_hello)
            yield numbered(Row(f"a warning alert {stage}", version, tested, outcome, script), number)


def no_renegotiation():
    """To what nobody asked for."""
    for tested in ROLES:
        for stage, at in ((MIDDLE, "handshake"), (OPEN, "read")):
            script = {HOOKS[stage, tested]["1.2"]: do(alert(codec.WARNING, NO_RENEGOTIATION))}
            script["established"] = do(*([alert(codec.WARNING, NO_RENEGOTIATION)] if stage == OPEN else []), says_hello)
            yield Row(f"the warning no_renegotiation {stage}", "1.2", tested, works(), script)


def levels():
    """Neither warning nor fatal: as TLS 1.3 has it, fatal; RFC 5246 7.2 has no such level."""
    for version, tested, stage, at in places():
        if stage == FIRST:
            continue
        for level in (0, 3, 255):
            outcome = is_told(40, at) if version == "1.3" else refuses(
                (ILLEGAL_PARAMETER, DECODE_ERROR, UNEXPECTED_MESSAGE), at=at, why="RFC 5246 names no alert")
            yield Row(f"an alert of an unknown level {stage} #{level}", version, tested, outcome,
                      {HOOKS[stage, tested][version]: stop(alert(level, 40))})


def closing():
    for version, tested, stage, at in places():
        for name, level in (("warning", codec.WARNING), ("fatal", codec.FATAL)):
            outcome = works("read_end") if stage == OPEN else refuses(None)
            if level == codec.FATAL and (version == "1.2" or stage == FIRST):
                outcome = is_told(CLOSE_NOTIFY, "read_end" if stage == OPEN else at)
            yield one(f"close_notify of level {name}", version, tested, stage, outcome, alert(level, CLOSE_NOTIFY))
        outcome = works("read_end") if stage == OPEN else refuses(None)
        if stage != FIRST:
            yield one("user_canceled, then close_notify", version, tested, stage, outcome,
                      alert(codec.WARNING, USER_CANCELED), alert(codec.WARNING, CLOSE_NOTIFY))


def malformed():
    for version, tested, stage, at in places():
        if stage == FIRST:
            continue
        for name, content in (("one byte", b"\2"), ("three bytes", b"\2\x28\0"), ("two of them", b"\2\x28\2\x28")):
            yield one(f"an alert of a wrong length: {name}", version, tested, stage,
                      refuses((DECODE_ERROR, UNEXPECTED_MESSAGE), at=at,
                              why="RFC 8446 5.1 forbids pieces of alerts and several in a record, and names none"),
                      send(codec.ALERT, content))
        yield one("an empty alert", version, tested, stage,
                  refuses((UNEXPECTED_MESSAGE, DECODE_ERROR), at=at,
                          why="RFC 8446 5.1 forbids it and 5.4 names one of them"),
                  send(codec.ALERT, b""))


def floods():
    for tested in ROLES:
        yield Row("200 warnings after the handshake", "1.2", tested,
                  refuses(ANY, "too_large", at="read", why="no alert says so"),
                  ends_with(times(200, alert(codec.WARNING, USER_CANCELED))))
        yield Row("200 times user_canceled after the handshake", "1.3", tested,
                  refuses(ANY, "too_large", at="read", why="no alert says so"),
                  ends_with(times(200, alert(codec.WARNING, USER_CANCELED))))
        yield Row("three warnings, and data", "1.2", tested, works(),
                  ends_with(times(3, alert(codec.WARNING, USER_CANCELED)), says_hello))


def rows(full):
    yield from fatal(full)
    yield from warnings(full)
    for table in (no_renegotiation, levels, closing, malformed, floods):
        yield from table()

"""What the electricity of a stretch of Python costs.

    import powertrain

    with powertrain.meter(region="DE") as m:
        with powertrain.phase("training"):
            train()
    print(m.result)

A program that runs under `powertrain meter` is metered already: there this module meters nothing,
but says what the program does, and the bill of the command has a row for each phase. Calls are the
same in both cases; m.result is None there.

Pure ctypes, no dependencies. For training loops of PyTorch, Lightning and HuggingFace see
powertrain.integrations.
"""

import ctypes
import functools
import math

from . import _events
from . import _library
from ._library import PowertrainError

__all__ = ["meter", "metered", "phase", "set_phase", "step", "samples", "loss", "note", "Result",
           "Meter", "PowertrainError", "integrations"]


class Result:
    """What was metered. Unknown numbers are None, never 0."""

    def __init__(self, result, bill):
        def known(number):
            return None if math.isnan(number) else number

        def text(raw):
            return raw.decode("utf-8", "replace")

        self.seconds = result.duration_seconds
        self.cpu_seconds = known(result.cpu_seconds)
        self.joules = known(result.energy_joules)
        self.low = known(result.low_joules)  # with high: holds the truth with 90 % probability
        self.high = known(result.high_joules)
        self.kwh = known(bill.kwh)
        self.machine_joules = known(bill.machine_joules)
        self.sensor = text(result.sensor)
        self.provenance = text(result.provenance)
        self.money = known(bill.money)
        self.currency = text(bill.currency) or None
        self.co2e_kg = None if math.isnan(bill.co2e_grams) else bill.co2e_grams / 1000
        # name: (seconds, joules); they add up to the whole
        self.phases = {text(p.name): (p.duration_seconds, known(p.energy_joules))
                       for p in result.phases[:result.phase_count]}
        # name: (count, seconds, joules) with all that was within; these do not add up
        self.windows = {text(w.name): (w.count, w.duration_seconds, known(w.energy_joules))
                        for w in bill.windows[:bill.window_count]}

    def __str__(self):
        if self.joules is None:
            return "unknown energy in %.3g s (%s)" % (self.seconds, self.sensor)
        line = "%.4g J (%.4g to %.4g, %s by %s) in %.4g s" % (
            self.joules, self.low, self.high, self.provenance, self.sensor, self.seconds)
        if self.money is not None:
            line += ", %.4g %s" % (self.money, self.currency)
        if self.co2e_kg is not None:
            line += ", %.4g kg CO2e" % self.co2e_kg
        return line

    __repr__ = __str__


_open = []  # meters that run, the newest last


class Meter:
    """Meters this process between start and stop; a context manager."""

    def __init__(self, region=None, tariff=None, sensor=None, interval=0.0, root=None):
        def raw(value):
            return None if value is None else str(value).encode()

        self._options = _library.Options(ctypes.sizeof(_library.Options), raw(root), raw(sensor),
                                         float(interval), raw(region), raw(tariff))
        self._handle = None
        self.result = None

    def start(self):
        if self._handle is not None:
            raise PowertrainError(_library.USAGE, "this meter runs already")
        if not _events.listening():
            error, handle = _library.Error(), ctypes.c_void_p()
            library = _library.library()
            _library.check(library.pt_meter_start(self._options, ctypes.byref(handle),
                                                  ctypes.byref(error)), error)
            self._handle = handle
            _open.append(self)
        return self

    def stop(self):
        """Ends it; the Result, or None under `powertrain meter`, which has the bill."""
        if self._handle is None:
            return self.result
        library, handle = _library.library(), self._handle
        _open.remove(self)
        self._handle = None
        error, result = _library.Error(), _library.MeterResult()
        bill = _library.Bill(ctypes.sizeof(_library.Bill))
        status = library.pt_meter_settle(handle, ctypes.byref(result), ctypes.byref(bill),
                                         ctypes.byref(error))
        library.pt_meter_stop(handle, None, None)
        _library.check(status, error)
        self.result = Result(result, bill)
        return self.result

    def _tell(self, function, name):
        getattr(_library.library(), function)(self._handle, name)

    __enter__ = start

    def __exit__(self, *unused):
        self.stop()


def meter(**options):
    """A Meter: region="DE" or tariff="file.yaml" for money and carbon, sensor="rapl", interval=0.1."""
    return Meter(**options)


def metered(function=None, *, callback=None, **options):
    """Decorator: meters each call, which is the phase of the function's name.

    callback gets the Result; without one it is printed to standard error.
    """
    if function is None:
        return functools.partial(metered, callback=callback, **options)

    @functools.wraps(function)
    def wrapped(*arguments, **named):
        with Meter(**options) as running:
            with phase(function.__name__):
                value = function(*arguments, **named)
        if running.result is not None:
            if callback is not None:
                callback(running.result)
            else:
                import sys
                print("%s: %s" % (function.__name__, running.result), file=sys.stderr)
        return value

    return wrapped


def _raw(name):
    return str(name).replace("\0", "?").encode("utf-8", "replace")


def _clean(name):
    return " ".join(str(name).split()) or "?"


class phase:
    """Context manager: a named window, within those that are open."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        _events.say("begin " + _clean(self.name))
        self._meters = list(_open)
        for running in self._meters:
            running._tell("pt_meter_begin", _raw(self.name))
        return self

    def __exit__(self, *unused):
        _events.say("end " + _clean(self.name))
        for running in self._meters:
            if running._handle is not None:
                running._tell("pt_meter_end", _raw(self.name))


def set_phase(name):
    """What is done from now on, within the innermost window; "" or None: nothing in particular."""
    _events.say("phase " + (_clean(name) if name else ""))
    for running in list(_open):
        running._tell("pt_meter_phase", _raw(name or ""))


def step(number, of=None):
    """The step that is done now, and how many there will be."""
    return _events.say("step %d" % number if of is None else "step %d/%d" % (number, of))


def samples(count):
    """So many more samples have been seen."""
    return _events.say("samples %d" % count)


def loss(value):
    return _events.say("loss %r" % float(value))


def note(text):
    return _events.say("note " + _clean(text))


def __getattr__(name):  # only who uses them needs them
    if name == "integrations":
        import importlib
        return importlib.import_module(".integrations", __name__)
    raise AttributeError("module %r has no attribute %r" % (__name__, name))

"""libpowertrain.so by ctypes: the section "meter" of powertrain.h."""

import ctypes
import ctypes.util
import glob
import os

OK, USAGE, BAD_INPUT, NOT_FOUND, UNAVAILABLE, DENIED = range(6)
PHASES_MAX, NAME_SIZE = 16, 48


class PowertrainError(RuntimeError):
    """What powertrain says went wrong; status is its enum pt_status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * 512)]


class Options(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("root", ctypes.c_char_p),
        ("sensor", ctypes.c_char_p),
        ("interval_seconds", ctypes.c_double),
        ("region", ctypes.c_char_p),
        ("tariff", ctypes.c_char_p),
    ]


class PhaseResult(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char * NAME_SIZE),
        ("duration_seconds", ctypes.c_double),
        ("energy_joules", ctypes.c_double),
    ]


class MeterResult(ctypes.Structure):
    _fields_ = [
        ("duration_seconds", ctypes.c_double),
        ("energy_joules", ctypes.c_double),
        ("low_joules", ctypes.c_double),
        ("high_joules", ctypes.c_double),
        ("cpu_seconds", ctypes.c_double),
        ("sensor", ctypes.c_char_p),
        ("provenance", ctypes.c_char_p),
        ("phase_count", ctypes.c_int),
        ("phases", PhaseResult * PHASES_MAX),
    ]


class WindowResult(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char * NAME_SIZE),
        ("count", ctypes.c_int64),
        ("duration_seconds", ctypes.c_double),
        ("energy_joules", ctypes.c_double),
        ("low_joules", ctypes.c_double),
        ("high_joules", ctypes.c_double),
    ]


class Bill(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("kwh", ctypes.c_double),
        ("money", ctypes.c_double),
        ("low_money", ctypes.c_double),
        ("high_money", ctypes.c_double),
        ("currency", ctypes.c_char * 4),
        ("co2e_grams", ctypes.c_double),
        ("low_co2e_grams", ctypes.c_double),
        ("high_co2e_grams", ctypes.c_double),
        ("machine_joules", ctypes.c_double),
        ("window_count", ctypes.c_int),
        ("windows", WindowResult * PHASES_MAX),
    ]


_library = None


def _candidates():
    named = os.environ.get("POWERTRAIN_LIBRARY")
    if named:  # whoever names one means that one
        return [named]
    here = os.path.dirname(os.path.abspath(__file__))
    found = sorted(glob.glob(os.path.join(here, "libpowertrain.so*")))
    # As installed: PREFIX/share/powertrain/python/powertrain beside PREFIX/lib.
    prefix = os.path.normpath(os.path.join(here, "..", "..", "..", ".."))
    for folder in ("lib", "lib64", os.path.join("lib", "*-linux-gnu")):
        found += sorted(glob.glob(os.path.join(prefix, folder, "libpowertrain.so*")))
    return found + ["libpowertrain.so.0", "libpowertrain.so"]


def _declare(library):
    meter, error = ctypes.c_void_p, ctypes.POINTER(Error)
    library.pt_version.restype = ctypes.c_char_p
    library.pt_meter_start.argtypes = [
        ctypes.POINTER(Options), ctypes.POINTER(meter), error]
    for name in ("pt_meter_phase", "pt_meter_begin", "pt_meter_end"):
        getattr(library, name).argtypes = [meter, ctypes.c_char_p]
        getattr(library, name).restype = None
    library.pt_meter_settle.argtypes = [
        meter, ctypes.POINTER(MeterResult), ctypes.POINTER(Bill), error]
    library.pt_meter_stop.argtypes = [meter, ctypes.POINTER(MeterResult), error]
    return library


def library():
    """The shared library; PowertrainError says where it was looked for."""
    global _library
    tried = []
    if _library is not None:
        return _library
    for path in _candidates():
        try:
            _library = _declare(ctypes.CDLL(path))
            return _library
        except (OSError, AttributeError) as reason:  # not there, or an older one
            tried.append("%s (%s)" % (path, reason))
    raise PowertrainError(
        UNAVAILABLE,
        "libpowertrain.so is not here: install powertrain, or name it in POWERTRAIN_LIBRARY; tried "
        + ", ".join(tried))


def check(status, error):
    if status != OK:
        raise PowertrainError(status, error.message.decode("utf-8", "replace"))

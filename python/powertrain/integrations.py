"""Phases of training loops: PyTorch, HuggingFace Trainer, Lightning.

Nothing is imported here that the program has not imported itself: the classes are made when they
are asked for.

    from powertrain.integrations import torch_phases
    with torch_phases(model, optimizer) as loop:
        for batch in loop.data(loader):         # phase "data" while a batch is waited for
            loss = criterion(model(batch), ...) # phase "forward"
            loss.backward()                     # phase "backward"
            optimizer.step()                    # phase "optimizer"

    Trainer(..., callbacks=[powertrain.integrations.hf_callback()])
    Trainer(callbacks=[powertrain.integrations.lightning_callback()])

GPUs work behind: a phase ends when Python goes on, not when the GPU is done. With synchronize=True
the GPU is waited for at each boundary, which costs time and gives each phase its own joules.
"""

import sys

import powertrain


class torch_phases:
    """Hooks of a model and its optimizer that name phases; a context manager, or start and stop."""

    def __init__(self, model=None, optimizer=None, synchronize=False):
        self.model, self.optimizer, self.synchronize = model, optimizer, synchronize
        self._handles = []

    def _enter(self, name):
        torch = sys.modules.get("torch")
        if self.synchronize and torch is not None and torch.cuda.is_available():
            torch.cuda.synchronize()
        powertrain.set_phase(name)

    def start(self):
        if self.model is not None:
            # What follows the forward pass of a model in training is its loss and backward pass.
            self._handles.append(self.model.register_forward_pre_hook(
                lambda module, _: self._enter("forward" if module.training else "evaluation")))
            self._handles.append(self.model.register_forward_hook(
                lambda module, _, output: self._enter("backward" if module.training else None)))
        if self.optimizer is not None:
            self._handles.append(self.optimizer.register_step_pre_hook(
                lambda *unused: self._enter("optimizer")))
            self._handles.append(self.optimizer.register_step_post_hook(
                lambda *unused: self._enter(None)))
        return self

    def stop(self):
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self._enter(None)

    def data(self, loader):
        """Iterates the loader; phase "data" while the next batch is waited for."""
        iterator = iter(loader)
        while True:
            self._enter("data")
            try:
                batch = next(iterator)
            except StopIteration:
                return
            finally:
                self._enter(None)
            yield batch

    __enter__ = start

    def __exit__(self, *unused):
        self.stop()


class _Loop:
    """What callbacks of trainers share: an epoch as a window, phases within."""

    def __init__(self, options):
        self._meter = powertrain.Meter(**options)
        self._windows = []
        self.result = None

    def _open(self, name):
        window = powertrain.phase(name)
        window.__enter__()
        self._windows.append(window)

    def _close(self, name):
        while any(w.name == name for w in self._windows):
            window = self._windows.pop()
            window.__exit__()
            if window.name == name:
                break

    def _begin(self):
        self._meter.start()

    def _end(self):
        while self._windows:
            self._windows.pop().__exit__()
        powertrain.set_phase(None)
        self.result = self._meter.stop()


def hf_callback(**options):
    """A transformers.TrainerCallback; after training its .result is what was metered.

    options are those of powertrain.meter.
    """
    from transformers import TrainerCallback

    class PowertrainCallback(TrainerCallback, _Loop):
        def __init__(self):
            _Loop.__init__(self, options)

        def on_train_begin(self, args, state, control, **unused):
            self._begin()
            powertrain.set_phase("data")

        def on_epoch_begin(self, args, state, control, **unused):
            self._open("epoch")
            powertrain.set_phase("data")

        def on_step_begin(self, args, state, control, **unused):
            powertrain.set_phase("forward and backward")

        def on_pre_optimizer_step(self, args, state, control, **unused):
            powertrain.set_phase("optimizer")

        def on_step_end(self, args, state, control, **unused):
            powertrain.step(state.global_step, state.max_steps)
            powertrain.set_phase("data")

        def on_log(self, args, state, control, logs=None, **unused):
            if logs and isinstance(logs.get("loss"), (int, float)):
                powertrain.loss(logs["loss"])

        def on_prediction_step(self, args, state, control, **unused):
            powertrain.set_phase("evaluation")

        def on_evaluate(self, args, state, control, **unused):
            powertrain.set_phase("data")

        def on_epoch_end(self, args, state, control, **unused):
            self._close("epoch")

        def on_train_end(self, args, state, control, **unused):
            self._end()

    return PowertrainCallback()


def lightning_callback(**options):
    """A Callback of lightning or pytorch_lightning, whichever the program has imported."""
    for name in ("lightning.pytorch", "pytorch_lightning"):
        if name in sys.modules:
            base = sys.modules[name].Callback
            break
    else:
        try:
            from lightning.pytorch import Callback as base
        except ImportError:
            from pytorch_lightning import Callback as base

    class PowertrainCallback(base, _Loop):
        def __init__(self):
            base.__init__(self)
            _Loop.__init__(self, options)

        def on_fit_start(self, trainer, module):
            self._begin()

        def on_train_epoch_start(self, trainer, module):
            self._open("epoch")
            powertrain.set_phase("data")

        def on_train_batch_start(self, trainer, module, batch, batch_index):
            powertrain.set_phase("forward")

        def on_before_backward(self, trainer, module, loss):
            powertrain.set_phase("backward")

        def on_before_optimizer_step(self, trainer, module, optimizer):
            powertrain.set_phase("optimizer")

        def on_train_batch_end(self, trainer, module, outputs, batch, batch_index):
            powertrain.step(trainer.global_step)
            powertrain.set_phase("data")

        def on_validation_start(self, trainer, module):
            self._open("evaluation")

        def on_validation_end(self, trainer, module):
            self._close("evaluation")

        def on_train_epoch_end(self, trainer, module):
            self._close("epoch")

        def on_fit_end(self, trainer, module):
            self._end()

    return PowertrainCallback()

"""PyTorch on the CPU: answers one JSON request a line on stdin with one JSON line on stdout.

Requests: {"do": "start", "problem": {...}, "weights": {name: numbers}, "pictures": bytes}, {"do": "stepOn", "batch": {...}},
{"do": "advance", "iterations": n}, {"do": "weights"}, {"do": "draw"}, {"do": "dispose"}. Numbers are float32 in base64. The
first argument is the number of threads.
"""

import base64
import inspect
import json
import math
import sys

import torch
from torch import nn
from torch.nn.functional import softplus

torch.set_num_threads(int(sys.argv[1]))
# A discriminator that has won gives gradients so small that their squares are subnormal, which a CPU is slow at.
torch.set_flush_denormal(True)


def numbers(text, dtype=torch.float32):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=dtype)


def plain(tensor):
    return base64.b64encode(tensor.detach().contiguous().numpy().tobytes()).decode()


def network(layers, shape):
    """The modules of a list of layers; `shape` is a sample's. Positions in the list are those of the parameters' names."""
    modules = []
    for layer in layers:
        kind, bias = layer["type"], layer.get("bias", True)
        if kind == "dense":
            modules.append(nn.Linear(math.prod(shape), layer["units"], bias=bias))
            shape = [layer["units"]]
        elif kind in ("conv2d", "convTranspose2d"):
            convolution = nn.Conv2d if kind == "conv2d" else nn.ConvTranspose2d
            sizes = layer["kernel"], layer["stride"], layer["padding"]
            modules.append(convolution(shape[0], layer["channels"], *sizes, bias=bias))
            shape = list(modules[-1](torch.zeros(1, *shape)).shape[1:])
        elif kind == "batchNorm":
            modules.append(nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0]))
        elif kind == "reshape":
            shape = layer["shape"]
            modules.append(nn.Unflatten(1, shape))
        elif kind == "flatten":
            shape = [math.prod(shape)]
            modules.append(nn.Flatten())
        elif kind == "leakyRelu":
            modules.append(nn.LeakyReLU(layer["slope"]))
        else:
            modules.append({"relu": nn.ReLU, "tanh": nn.Tanh}[kind]())
    return nn.Sequential(*modules)


class Run:
    def __init__(self, problem, weights, pictures):
        self.problem = problem
        self.batch_size = problem["batchSize"]
        data = problem["data"]
        self.sample_shape = [2] if data["kind"] == "ring" else [1, data["side"], data["side"]]
        self.generator = network(problem["generator"], [problem["noiseSize"]])
        self.discriminator = network(problem["discriminator"], self.sample_shape)
        self.judges_apart = any(layer["type"] == "batchNorm" for layer in problem["discriminator"])
        with torch.no_grad():
            for name, parameter in self.named():
                parameter.copy_(numbers(weights[name]).reshape(parameter.shape))
        self.generator_optimizer = self.adam(self.generator)
        self.discriminator_optimizer = self.adam(self.discriminator)
        ones = torch.ones(self.batch_size, 1)
        self.signs = torch.cat([-ones, ones])
        if data["kind"] == "ring":
            angles = torch.arange(data["modes"]) * (2 * math.pi / data["modes"])
            self.centers = torch.stack([angles.cos(), angles.sin()], 1) * data["radius"]
        else:
            self.pictures = (numbers(pictures, torch.uint8).float() / 127.5 - 1).reshape(-1, *self.sample_shape)

    def named(self):
        for network, module in (("generator", self.generator), ("discriminator", self.discriminator)):
            for name, parameter in module.named_parameters():
                yield f"{network}.{name}", parameter

    def adam(self, module):
        problem = self.problem
        options = dict(lr=problem["learningRate"], betas=(problem["beta1"], problem["beta2"]), eps=problem["epsilon"])
        # All parameters in one batched update where this PyTorch has it.
        if "foreach" in inspect.signature(torch.optim.Adam).parameters:
            options["foreach"] = True
        return torch.optim.Adam(module.parameters(), **options)

    def discriminator_loss(self, real, fake):
        if self.judges_apart:
            return softplus(-self.discriminator(real)).mean() + softplus(self.discriminator(fake)).mean()
        logits = self.discriminator(torch.cat([real, fake]))
        # The mean over the joined batch is half the sum of the two means.
        return 2 * softplus(self.signs * logits).mean()

    def step(self, real, discriminator_noise, generator_noise):
        with torch.no_grad():
            fake = self.generator(discriminator_noise)
        loss = self.discriminator_loss(real, fake)
        self.discriminator_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.discriminator_optimizer.step()

        # Held: no gradient with respect to the discriminator's parameters is wanted.
        self.discriminator.requires_grad_(False)
        loss = softplus(-self.discriminator(self.generator(generator_noise))).mean()
        self.generator_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.generator_optimizer.step()
        self.discriminator.requires_grad_(True)

    def draw(self):
        noise = [torch.randn(self.batch_size, self.problem["noiseSize"]) for _ in range(2)]
        return self.draw_real(), *noise

    def draw_real(self):
        data = self.problem["data"]
        if data["kind"] == "pictures":
            return self.pictures[torch.randint(len(self.pictures), (self.batch_size,))]
        mode = torch.randint(data["modes"], (self.batch_size,))
        return self.centers[mode] + data["standardDeviation"] * torch.randn(self.batch_size, 2)

    def given(self, batch):
        real = numbers(batch["real"]).reshape(self.batch_size, *self.sample_shape)
        noise = (numbers(batch[name]).reshape(self.batch_size, -1) for name in ("discriminatorNoise", "generatorNoise"))
        return real, *noise


run = None
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if request["do"] == "start":
        run = Run(request["problem"], request["weights"], request.get("pictures"))
        answer = {"draws": True}
    elif request["do"] == "stepOn":
        run.step(*run.given(request["batch"]))
    elif request["do"] == "advance":
        for _ in range(request["iterations"]):
            run.step(*run.draw())
    elif request["do"] == "dispose":
        run = None
    elif request["do"] == "weights":
        answer = {name: plain(parameter) for name, parameter in run.named()}
    elif request["do"] == "draw":
        names = "real", "discriminatorNoise", "generatorNoise"
        answer = {name: plain(tensor) for name, tensor in zip(names, run.draw())}
    print(json.dumps(answer), flush=True)

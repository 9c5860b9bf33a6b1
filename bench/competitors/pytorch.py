"""PyTorch on the CPU: answers one JSON request a line on stdin with one JSON line on stdout.

Requests: {"do": "start", "weights": {name: [numbers]}}, {"do": "stepOn", "batch": {...}}, {"do": "advance",
"iterations": n}, {"do": "weights"}, {"do": "draw"}. The first argument is the problem as JSON, the second the number of threads.
"""

import inspect
import json
import math
import sys

import torch
from torch import nn
from torch.nn.functional import softplus

problem = json.loads(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
batch_size = problem["batchSize"]


def perceptron(widths, activation):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        if layers:
            layers.append(activation())
        layers.append(nn.Linear(inputs, outputs))
    return nn.Sequential(*layers)


class Run:
    def __init__(self, weights):
        self.networks = {
            "generator": perceptron(problem["generatorWidths"], nn.ReLU),
            "discriminator": perceptron(problem["discriminatorWidths"], lambda: nn.LeakyReLU(problem["slope"])),
        }
        self.generator = self.networks["generator"]
        self.discriminator = self.networks["discriminator"]
        with torch.no_grad():
            for name, parameter in self.named():
                parameter.copy_(torch.tensor(weights[name]).reshape(parameter.shape))
        self.generator_optimizer = self.adam(self.generator)
        self.discriminator_optimizer = self.adam(self.discriminator)
        ones = torch.ones(batch_size, 1)
        self.signs = torch.cat([-ones, ones])
        angles = torch.arange(problem["modes"]) * (2 * math.pi / problem["modes"])
        self.centers = torch.stack([angles.cos(), angles.sin()], 1) * problem["radius"]

    def named(self):
        for network, module in self.networks.items():
            for name, parameter in module.named_parameters():
                yield f"{network}.{name}", parameter

    def adam(self, module):
        options = dict(lr=problem["learningRate"], betas=(problem["beta1"], problem["beta2"]), eps=problem["epsilon"])
        # All parameters in one batched update where this PyTorch has it.
        if "foreach" in inspect.signature(torch.optim.Adam).parameters:
            options["foreach"] = True
        return torch.optim.Adam(module.parameters(), **options)

    def step(self, real, discriminator_noise, generator_noise):
        with torch.no_grad():
            fake = self.generator(discriminator_noise)
        logits = self.discriminator(torch.cat([real, fake]))
        # The mean over the joined batch is half the sum of the two means.
        loss = 2 * softplus(self.signs * logits).mean()
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
        mode = torch.randint(problem["modes"], (batch_size,))
        real = self.centers[mode] + problem["standardDeviation"] * torch.randn(batch_size, 2)
        noise = [torch.randn(batch_size, problem["noiseSize"]) for _ in range(2)]
        return real, *noise


def points(numbers):
    return torch.tensor(numbers).reshape(batch_size, -1)


def flat(tensor):
    return tensor.detach().flatten().tolist()


run = None
print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if request["do"] == "start":
        run = Run(request["weights"])
        answer = {"draws": True}
    elif request["do"] == "stepOn":
        batch = request["batch"]
        run.step(points(batch["real"]), points(batch["discriminatorNoise"]), points(batch["generatorNoise"]))
    elif request["do"] == "advance":
        for _ in range(request["iterations"]):
            run.step(*run.draw())
    elif request["do"] == "dispose":
        run = None
    elif request["do"] == "weights":
        answer = {name: flat(parameter) for name, parameter in run.named()}
    elif request["do"] == "draw":
        real, discriminator_noise, generator_noise = run.draw()
        answer = {
            "real": flat(real),
            "discriminatorNoise": flat(discriminator_noise),
            "generatorNoise": flat(generator_noise),
        }
    print(json.dumps(answer), flush=True)

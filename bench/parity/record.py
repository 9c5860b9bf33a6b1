"""Records runs of PyTorch in float64 as cases for `webgan replay`.

    python3 record.py FOLDER                    every configuration of configurations.json
    python3 record.py FOLDER my-gan.json        one of your own: what `webgan train` takes, without "data"

A case holds the weights before and after, every batch, the first gradients, the losses and samples. The errors allowed are twenty
times those of float32 on the same run, with floors of 2e-4 (gradients), 1e-4 (losses) and 1e-3 (the rest).
"""

import json
import math
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

ITERATIONS = 3
ACTIVATIONS = {
    "relu": lambda x, _: F.relu(x),
    "leakyRelu": lambda x, layer: F.leaky_relu(x, layer.get("slope", 0.01)),
    "tanh": lambda x, _: torch.tanh(x),
    "sigmoid": lambda x, _: torch.sigmoid(x),
    "softplus": lambda x, _: F.softplus(x, threshold=1e9),
    "elu": lambda x, layer: F.elu(x, layer.get("alpha", 1.0)),
    "silu": lambda x, _: F.silu(x),
}
SP = lambda x: F.softplus(x, threshold=1e9)
LOSSES = {
    "minimax": (lambda r, f: SP(-r) + SP(f), lambda r, f: -SP(f)),
    "nonSaturating": (lambda r, f: SP(-r) + SP(f), lambda r, f: SP(-f)),
    "leastSquares": (lambda r, f: (r - 1) ** 2 / 2 + f**2 / 2, lambda r, f: (f - 1) ** 2 / 2),
    "hinge": (lambda r, f: F.relu(1 - r) + F.relu(1 + f), lambda r, f: -f),
    "wasserstein": (lambda r, f: f - r, lambda r, f: -f),
    "relativistic": (lambda r, f: SP(f - r), lambda r, f: SP(r - f)),
}
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"momentum": "momentum", "weightDecay": "weight_decay"}),
    "adam": (torch.optim.Adam, {"epsilon": "eps", "weightDecay": "weight_decay"}),
    "adamw": (torch.optim.AdamW, {"epsilon": "eps", "weightDecay": "weight_decay"}),
    "rmsprop": (
        torch.optim.RMSprop,
        {"decay": "alpha", "epsilon": "eps", "momentum": "momentum", "weightDecay": "weight_decay"},
    ),
}


class Network:
    """Layers by their definitions; parameters and buffers by the names that webgan gives them."""

    def __init__(self, name, layers, shape, random):
        self.name, self.layers, self.tensors, self.trained = name, layers, {}, []
        self.random = random
        self.walk(layers, name, shape)
        self.shape = self.forward(torch.zeros(2, *shape, dtype=torch.float64), False).shape[1:]

    def add(self, name, value, trained=True):
        self.tensors[name] = value
        if trained:
            self.trained.append(name)

    def walk(self, layers, prefix, shape):
        """Makes the tensors of a list of layers; a sample's shape goes through it."""
        for position, layer in enumerate(layers):
            shape = self.build(layer, f"{prefix}.{position}", shape)
        return shape

    def build(self, layer, name, shape):
        kind, draw = layer["type"], lambda *s: torch.randn(*s, dtype=torch.float64, generator=self.random)
        if kind == "residual":
            out = self.walk(layer["layers"], f"{name}.layers", shape)
            self.walk(layer.get("shortcut", []), f"{name}.shortcut", shape)
            return out
        if kind in ("dense", "conv2d", "convTranspose2d"):
            k = layer.get("kernel", 1)
            inputs = math.prod(shape) if kind == "dense" else shape[0]
            outputs = layer["units" if kind == "dense" else "channels"]
            sizes = {"dense": (outputs, inputs), "conv2d": (outputs, inputs, k, k), "convTranspose2d": (inputs, outputs, k, k)}
            self.add(f"{name}.weight", draw(*sizes[kind]) / math.sqrt(inputs * k * k))
            if layer.get("bias", True):
                self.add(f"{name}.bias", draw(outputs) / 4)
            if layer.get("spectralNorm"):
                unit = lambda n: F.normalize(draw(n), dim=0)
                self.add(f"{name}.weight_u", unit(outputs), False)
                self.add(f"{name}.weight_v", unit(inputs * k * k), False)
        elif kind in ("batchNorm", "layerNorm") or kind == "instanceNorm" and layer.get("affine"):
            size = list(shape) if kind == "layerNorm" else [shape[0] if len(shape) == 3 else math.prod(shape)]
            self.add(f"{name}.weight", 1 + draw(*size) / 4)
            self.add(f"{name}.bias", draw(*size) / 4)
            if kind == "batchNorm":
                self.add(f"{name}.running_mean", draw(*size) / 4, False)
                self.add(f"{name}.running_var", 1 + draw(*size).abs() / 4, False)
        with torch.no_grad():
            return list(self.apply(layer, name, torch.zeros(2, *shape, dtype=torch.float64), False).shape[1:])

    def iterate(self):
        """One power iteration for every weight that has vectors."""
        for name in [n for n in self.tensors if n.endswith("weight_u")]:
            base = name[: -len("_u")]
            with torch.no_grad():
                matrix = self.tensors[base].flatten(1)
                self.tensors[base + "_u"] = F.normalize(matrix @ self.tensors[base + "_v"], dim=0, eps=1e-12)
                self.tensors[base + "_v"] = F.normalize(matrix.T @ self.tensors[base + "_u"], dim=0, eps=1e-12)

    def apply(self, layer, name, x, training):
        kind, get = layer["type"], lambda part: self.tensors.get(f"{name}.{part}")
        window = {key: layer.get(key, default) for key, default in (("stride", 1), ("padding", 0))}
        weight = get("weight")
        if layer.get("spectralNorm"):
            weight = weight / (get("weight_u") @ weight.flatten(1) @ get("weight_v"))
        if kind == "residual":
            shortcut = self.run(layer.get("shortcut", []), f"{name}.shortcut", x, training)
            return shortcut + self.run(layer["layers"], f"{name}.layers", x, training)
        if kind == "dense":
            return F.linear(x.flatten(1), weight, get("bias"))
        if kind == "conv2d":
            return F.conv2d(x, weight, get("bias"), **window)
        if kind == "convTranspose2d":
            return F.conv_transpose2d(x, weight, get("bias"), output_padding=layer.get("outputPadding", 0), **window)
        if kind == "batchNorm":
            statistics = get("running_mean"), get("running_var")
            return F.batch_norm(x, *statistics, weight, get("bias"), training, 0.1, layer.get("epsilon", 1e-5))
        if kind == "layerNorm":
            return F.layer_norm(x, x.shape[1:], weight, get("bias"), layer.get("epsilon", 1e-5))
        if kind == "instanceNorm":
            return F.instance_norm(x, weight=weight, bias=get("bias"), eps=layer.get("epsilon", 1e-5))
        if kind == "reshape":
            return x.reshape(len(x), *layer["shape"])
        if kind == "flatten":
            return x.flatten(1)
        if kind == "upsample":
            return F.interpolate(x, scale_factor=layer.get("scale", 2), mode="nearest")
        if kind == "avgPool2d":
            return F.avg_pool2d(x, layer["kernel"], layer.get("stride", layer["kernel"]), layer.get("padding", 0))
        return ACTIVATIONS[kind](x, layer)

    def run(self, layers, prefix, x, training):
        for position, layer in enumerate(layers):
            x = self.apply(layer, f"{prefix}.{position}", x, training)
        return x

    def forward(self, x, training=True):
        return self.run(self.layers, self.name, x, training)

    def mixes(self):
        return "batchNorm" in json.dumps(self.layers)


def optimizer(options, parameters):
    kind, names = OPTIMIZERS[options["type"]]
    given = {names[key]: value for key, value in options.items() if key in names}
    if "adam" in options["type"]:
        given["betas"] = options.get("beta1", 0.9), options.get("beta2", 0.999)
    return kind(parameters, lr=options["learningRate"], **given)


def penalty(config, discriminator, real, fake, epsilon):
    total = 0.0
    for options in config.get("regularizers", []):
        points = {"r1": real, "r2": fake}.get(options["type"])
        if points is None:
            e = epsilon.reshape(-1, *[1] * (real.dim() - 1))
            points = e * real + (1 - e) * fake
        points = points.detach().requires_grad_()
        (slope,) = torch.autograd.grad(discriminator.forward(points).sum(), points, create_graph=True)
        square = slope.flatten(1).square().sum(1)
        if options["type"] == "gradientPenalty":
            total = total + options.get("lambda", 10) * ((square.sqrt() - 1) ** 2).mean()
        else:
            total = total + options.get("gamma", 1) / 2 * square.mean()
    return total


def play(config, given, dtype):
    """The run in one precision, on tensors that are given, or drawn and added to `given` where they are missing."""
    random = torch.Generator().manual_seed(7)
    batch, steps = config["batchSize"], config.get("discriminatorSteps", 1)
    g = Network("generator", config["generator"], [config["noise"]["size"]], random)
    d = Network("discriminator", config["discriminator"], list(g.shape), random)

    def take(name, draw=None):
        if name not in given:
            given[name] = draw()
        return given[name].to(dtype)

    normal = lambda *s: torch.randn(*s, dtype=torch.float32, generator=random).double()
    for network in (g, d):
        for name, value in network.tensors.items():
            network.tensors[name] = take(f"before.{name}", lambda: value.float().double()).clone()
        for name in network.trained:
            network.tensors[name].requires_grad_()
    optimizers = {n.name: optimizer(config["optimizer"][n.name], [n.tensors[t] for t in n.trained]) for n in (g, d)}
    d_loss, g_loss = LOSSES[config.get("loss", "nonSaturating")]
    smoothing, results, losses = config.get("labelSmoothing", 0), {}, []

    def update(network, loss, first):
        optimizers[network.name].zero_grad()
        loss.backward()
        tensors = {name: network.tensors[name] for name in network.trained}
        limit = config["optimizer"][network.name].get("clipNorm")
        if limit:
            torch.nn.utils.clip_grad_norm_(tensors.values(), limit)
        if first:
            for name, tensor in tensors.items():
                results[f"grad.{name}"] = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad.clone()
        optimizers[network.name].step()
        if network is d and config.get("weightClip"):
            with torch.no_grad():
                for tensor in tensors.values():
                    tensor.clamp_(-config["weightClip"], config["weightClip"])

    def judge(real, fake):
        if d.mixes():
            return d.forward(real)[:, 0], d.forward(fake)[:, 0]
        both = d.forward(torch.cat([real, fake]))[:, 0]
        return both[: len(real)], both[len(real) :]

    for t in range(ITERATIONS):
        for k in range(steps):
            real = take(f"real.{t}.{k}", lambda: normal(batch, *g.shape))
            noise = take(f"noise.discriminator.{t}.{k}", lambda: normal(batch, config["noise"]["size"]))
            epsilon = take(f"epsilon.{t}.{k}", lambda: torch.rand(batch, generator=random).double())
            g.iterate(), d.iterate()
            with torch.no_grad():
                fake = g.forward(noise)
            r, f = judge(real, fake)
            loss = (d_loss(r, f) + smoothing * r).mean()
            losses.append(loss.item())
            update(d, loss + penalty(config, d, real, fake, epsilon), t == 0 and k == 0)
        noise = take(f"noise.generator.{t}", lambda: normal(batch, config["noise"]["size"]))
        g.iterate(), d.iterate()
        real = None
        if config.get("loss") == "relativistic":
            real = take(f"real.generator.{t}", lambda: normal(batch, *g.shape))
            real = d.forward(real)[:, 0]
        loss = g_loss(real, d.forward(g.forward(noise))[:, 0]).mean()
        losses.append(loss.item())
        update(g, loss, t == 0)
    for network in (g, d):
        for name, value in network.tensors.items():
            results[f"after.{name}"] = value.detach()
    results["loss"] = torch.tensor(losses).reshape(ITERATIONS, steps + 1)
    with torch.no_grad():
        results["sample"] = g.forward(take("noise.generator.0"), False)
    return results


def error(name, result, expected, given):
    start = given[name.replace("after.", "before.")] if name.startswith("after.") else torch.zeros_like(expected)
    scale = (expected - start).abs().max()
    return ((result.double() - expected).abs().max() / scale).item() if scale > 1e-12 else math.inf


def record(config, path):
    given = {}
    exact = play(config, given, torch.float64)
    rough = play(config, given, torch.float32)
    floors = {"grad": 2e-4, "loss": 1e-4}
    tolerance = {}
    for name, expected in exact.items():
        allowed = max(floors.get(name.split(".")[0], 1e-3), 20 * error(name, rough[name], expected, given))
        # What float32 cannot tell from no change at all is not compared: a bias before batch norm, say.
        if allowed < 1:
            tolerance[name] = allowed
    tensors = {**given, **exact}
    header, data = {"__metadata__": {
        "config": json.dumps(config),
        "iterations": str(ITERATIONS),
        "tolerance": json.dumps(tolerance),
        "source": f"PyTorch {torch.__version__}, float64",
    }}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    files = [Path(name) for name in sys.argv[2:]]
    configurations = (
        {file.stem: json.loads(file.read_text()) for file in files}
        if files
        else json.loads(Path(__file__).with_name("configurations.json").read_text())
    )
    for name, config in configurations.items():
        record(config, folder / f"{name}.safetensors")
        print(name)


main()

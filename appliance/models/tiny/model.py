"""A small decoder, shaped like Qwen 3, with what its training needs beside the next token."""

import torch
import torch.nn.functional as F
from torch import nn

SHAPE = dict(
    vocab_size=4096,
    hidden_size=192,
    intermediate_size=384,
    num_hidden_layers=6,
    num_attention_heads=6,
    num_key_value_heads=3,
    head_dim=32,
    max_position_embeddings=2048,
    rope_theta=50000.0,
    rms_norm_eps=1e-6,
)
# Heads that are taught where to look, one in each of these layers: from a word of the passages to the same word in the
# question; from the end of a sentence to such words within it, and to its first token; from the answer to the end of the
# sentence that is to come; and to the token that is to be copied. Before the fourth of them, the end of a sentence is
# asked whether the sentence answers, which passage it is of and with which token it begins.
MATCHES, GATHERS, BEGINS, CHOOSES, COPIES = 1, 2, 3, 4, 5
JUDGED = CHOOSES


class Norm(torch.autograd.Function):
    """RMS norm with few passes over the numbers, which is what counts on a CPU."""

    @staticmethod
    def forward(context, x, weight, eps):
        size = x.shape[-1]
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        scale = (length.square_().div_(size).add_(eps)).rsqrt_().to(x.dtype)
        unit = x * scale
        weight = weight.to(x.dtype)
        context.save_for_backward(unit, scale, weight)
        return unit * weight

    @staticmethod
    def backward(context, given):
        unit, scale, weight = context.saved_tensors
        both = given * unit
        weight_grad = both.flatten(0, -2).sum(0, dtype=torch.float32)
        mean = (both @ weight[:, None]).div_(unit.shape[-1])
        grad = torch.addcmul(given * weight, unit, mean, value=-1)
        return grad.mul_(scale), weight_grad, None


class RMSNorm(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return Norm.apply(x, self.weight, SHAPE["rms_norm_eps"])


class Layer(nn.Module):
    """Attention with normed queries and keys, and a gated unit."""

    def __init__(self):
        super().__init__()
        hidden, heads, pairs, size = (
            SHAPE[key] for key in ("hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim")
        )
        self.heads, self.pairs, self.size = heads, pairs, size
        linear = lambda given, made: nn.Linear(given, made, bias=False)
        self.input_layernorm = RMSNorm(hidden)
        self.post_attention_layernorm = RMSNorm(hidden)
        self.self_attn = nn.ModuleDict(
            dict(
                q_proj=linear(hidden, heads * size),
                k_proj=linear(hidden, pairs * size),
                v_proj=linear(hidden, pairs * size),
                o_proj=linear(heads * size, hidden),
                q_norm=RMSNorm(size),
                k_norm=RMSNorm(size),
            )
        )
        gate = SHAPE["intermediate_size"]
        self.mlp = nn.ModuleDict(
            dict(gate_proj=linear(hidden, gate), up_proj=linear(hidden, gate), down_proj=linear(gate, hidden))
        )
        for norm in ("q_norm", "k_norm"):
            nn.init.constant_(self.self_attn[norm].weight, 1.4)  # sharper looks from the beginning

    def forward(self, x, turn, asked=None):
        """With `asked` (positions, per row) also the scores of head 0 there, and what it would carry from each token."""
        part = self.self_attn
        batch, length, _ = x.shape
        h = self.input_layernorm(x)
        split = lambda y, count: y.view(batch, length, count, self.size).transpose(1, 2)
        q = rotate(part["q_norm"](split(part["q_proj"](h), self.heads)), turn)
        k = rotate(part["k_norm"](split(part["k_proj"](h), self.pairs)), turn)
        v = split(part["v_proj"](h), self.pairs)
        scores = carried = None
        if asked is not None:
            rows = torch.arange(batch)[:, None]
            scores = q[:, 0][rows, asked].float() @ k[:, 0].float().transpose(1, 2) / self.size**0.5
            carried = F.linear(v[:, 0], part["o_proj"].weight[:, : self.size])
            later = torch.arange(length)[None, None] > asked[:, :, None]
            scores = scores.masked_fill(later, -1e9)
        repeat = self.heads // self.pairs
        y = F.scaled_dot_product_attention(
            q, k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1), is_causal=True
        )
        x = x + part["o_proj"](y.transpose(1, 2).reshape(batch, length, self.heads * self.size))
        h = self.post_attention_layernorm(x)
        x = x + self.mlp["down_proj"](F.silu(self.mlp["gate_proj"](h)) * self.mlp["up_proj"](h))
        return x, scores, carried


def rotate(x, turn):
    """Both halves of a head are turned against one another; the sign is in the sines."""
    cos, sin = turn
    swapped = x.unflatten(-1, (2, -1)).flip(-2).flatten(-2)
    return torch.addcmul(x * cos, swapped, sin)


class Tiny(nn.Module):
    """The names of the weights are those of `Qwen3ForCausalLM`, but for those that only training uses."""

    def __init__(self):
        super().__init__()
        hidden, layers = SHAPE["hidden_size"], SHAPE["num_hidden_layers"]
        self.model = nn.ModuleDict(
            dict(
                embed_tokens=nn.Embedding(SHAPE["vocab_size"], hidden),
                layers=nn.ModuleList(Layer() for _ in range(layers)),
                norm=RMSNorm(hidden),
            )
        )
        self.judge = nn.Linear(hidden, 1)
        self.numbered = nn.Linear(hidden, 7)
        self.named = nn.Linear(hidden, hidden, bias=False)
        self.judge_norm = RMSNorm(hidden)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                nn.init.normal_(weight, std=0.02 if "embed" not in name else 0.05)
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                nn.init.normal_(weight, std=0.02 / (2 * layers) ** 0.5)
        angles = 1.0 / SHAPE["rope_theta"] ** (torch.arange(0, SHAPE["head_dim"], 2) / SHAPE["head_dim"])
        angles = torch.outer(torch.arange(SHAPE["max_position_embeddings"]).float(), angles).repeat(1, 2)
        self.register_buffer("cos", angles.cos(), persistent=False)
        half = SHAPE["head_dim"] // 2
        self.register_buffer("sin", torch.cat((-angles[:, :half].sin(), angles[:, half:].sin()), 1), persistent=False)

    def forward(self, ids, matches=None, gathers=None, begins=None, chooses=None, copies=None):
        """The last hidden states, those that are judged (with what is carried from them), and the scores of the heads that are taught."""
        x = self.model["embed_tokens"](ids)
        turn = (self.cos[: ids.shape[1]], self.sin[: ids.shape[1]])
        if torch.is_autocast_enabled("cpu"):
            x, turn = x.bfloat16(), tuple(part.bfloat16() for part in turn)
        taught, judged, carried = {}, None, None
        for index, layer in enumerate(self.model["layers"]):
            if index == JUDGED:
                judged = x
            asked = {MATCHES: matches, GATHERS: gathers, BEGINS: begins, CHOOSES: chooses, COPIES: copies}.get(index)
            x, taught[index], given = layer(x, turn, asked)
            carried = given if index == CHOOSES else carried
        if carried is not None:
            judged = (judged, self.model["norm"](carried))
        return self.model["norm"](x), judged, tuple(taught[layer] for layer in (MATCHES, GATHERS, BEGINS, CHOOSES, COPIES))

    def logits(self, states):
        return states @ self.model["embed_tokens"].weight.T

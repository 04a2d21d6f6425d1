"""The model as an ONNX graph in the form of an exported decoder: token ids and a cache in, logits and the cache out.

The cache has one layer and one head. Its keys are what the tokens mean, its values what kinds of things they are and, in the
last place, the token itself. So a step computes vectors of its new tokens alone, and looks at all tokens before it as
attention does. The answer, up to three sentences each with the number of its passage, follows from the prompt; a step
writes the token that comes next in it.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import model
import template
from layout import Tables

MOST_PASSAGES = 99
SENTENCES = 3
# How sure the model must be of a second and a third sentence.
SURE = 1.0
FAR_BEHIND = 1 << 40


class Builder:
    """Nodes and constants of a graph; each method that adds one returns the name of what comes out."""

    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, value, kind=np.int64) -> str:
        array = np.array(value, kind)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            self.constants[key] = numpy_helper.from_array(array, f"c{len(self.constants)}")
        return self.constants[key].name

    def number(self, value) -> str:
        return self.constant(value, np.float32)

    def __getattr__(self, operator):
        def add(*inputs, out=None, **attributes):
            name = out or f"n{len(self.nodes)}_{operator}"
            self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
            return name

        return add

    def float(self, name) -> str:
        return self.Cast(name, to=TensorProto.FLOAT)

    def int(self, name) -> str:
        return self.Cast(name, to=TensorProto.INT64)

    def column(self, name) -> str:
        return self.Unsqueeze(name, self.constant([1]))

    def sum_into(self, size, index, values, reduction="add", empty=0.0) -> str:
        """Sums, or the most or the least, of values that have the same index, on the first axis."""
        start = self.Expand(self.number(empty), size)
        return self.ScatterElements(start, index, values, axis=0, reduction=reduction)


def build(weights: dict, tokenizer, tables: Tables) -> onnx.ModelProto:
    g = Builder()
    ids, total, past = cache_of(g, weights)
    prompt = Prompt(g, ids, total, tables)
    scored = scores(g, weights, ids, prompt)
    following = answer(g, tokenizer, ids, total, past, prompt, scored)
    logits = g.OneHot(following, g.constant(tables.size), g.number([0, 20]), axis=-1)
    g.Unsqueeze(logits, g.constant([0]), out="logits")

    value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    cache = lambda name, time: value(name, TensorProto.FLOAT, ["batch", 1, time, model.WIDTH])
    graph = helper.make_graph(
        g.nodes,
        "tiny",
        [value(name, TensorProto.INT64, ["batch", width]) for name, width in
         (("input_ids", "tokens"), ("attention_mask", "total"), ("position_ids", "tokens"))]
        + [cache(f"past_key_values.0.{part}", "past") for part in ("key", "value")],
        [value("logits", TensorProto.FLOAT, ["batch", "tokens", tables.size])]
        + [cache(f"present.0.{part}", "total") for part in ("key", "value")],
        list(g.constants.values()),
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(made)
    return made


def window(g, weights, ids, positions) -> str:
    """`model.hidden` of the tokens at these positions; `ids` has empty tokens before the first one."""
    near = [
        g.Gather(g.number(weights["tokens"]), g.Gather(ids, g.Add(positions, g.constant(model.WINDOW - 1 - back))))
        for back in range(model.WINDOW)
    ]
    inner = g.MatMul(g.Concat(*near, axis=1), g.number(weights["window"]))
    return g.Tanh(g.Add(inner, g.number(weights["window_bias"])))


def cache_of(g, weights):
    """All token ids so far, how many, and how many of them were there before."""
    past = g.Gather(g.Shape("past_key_values.0.key"), g.constant([2]))
    kept = g.Slice("past_key_values.0.value", g.constant([model.KINDS]), g.constant([model.WIDTH]), g.constant([3]))
    new = g.Reshape("input_ids", g.constant([-1]))
    ids = g.Concat(g.int(g.Reshape(kept, g.constant([-1]))), new, axis=0)
    total = g.Shape(ids)
    here = g.Range(g.Squeeze(past), g.Squeeze(total), g.constant(1))
    inner = window(g, weights, g.Concat(g.constant([0] * (model.WINDOW - 1)), ids, axis=0), here)
    meant = g.Add(g.Gather(g.number(weights["tokens"]), new), g.MatMul(inner, g.number(weights["meaning"])))
    size = g.Sqrt(g.Add(g.ReduceSum(g.Mul(meant, meant), g.constant([1])), g.number(1e-6)))
    kinds = g.MatMul(inner, g.number(weights["kinds"]))
    shape = g.constant([1, 1, -1, model.WIDTH])
    keys = g.Reshape(g.Div(meant, size), shape)
    values = g.Reshape(g.Concat(kinds, g.column(g.float(new)), axis=1), shape)
    for part, rows in (("key", keys), ("value", values)):
        g.Concat(f"past_key_values.0.{part}", rows, axis=2, out=f"present.0.{part}")
    return ids, total, past


class Prompt:
    """`layout.parse` as a graph. Masks are floats; `sentence` counts those that have words, from 0."""

    def __init__(self, g, ids, total, tables: Tables):
        one, zero, line = g.number(1), g.constant(0), g.constant([1])
        self.positions = g.Range(zero, g.Squeeze(total), g.constant(1))
        of = lambda table: g.Gather(g.number(table), ids)
        last = lambda token: g.ReduceMax(g.Mul(g.int(g.Equal(ids, g.constant(token))), self.positions), keepdims=0)
        user, self.answer = last(template.USER), last(template.ASSISTANT)
        before = g.float(g.Less(self.positions, self.answer))
        newline, fence = of(tables.newline), of(tables.fence)
        after = g.float(g.Greater(self.positions, user))
        lines = g.CumSum(g.Mul(newline, after), zero)
        asked = g.And(g.Equal(lines, g.number(0)), g.Greater(g.Mul(after, before), g.number(0)))
        # A run to try the model out has no question: its first token stands for one.
        nothing = g.Equal(g.ReduceSum(g.int(asked), keepdims=0), zero)
        asked = g.Or(asked, g.And(nothing, g.Equal(self.positions, zero)))
        self.question = g.Reshape(g.NonZero(asked), g.constant([-1]))
        self.chinese = g.Greater(g.ReduceMax(g.Mul(g.float(asked), of(tables.chinese)), keepdims=0), g.number(0))
        self.fences = g.CumSum(g.Mul(fence, before), zero)
        following = g.Concat(g.Slice(of(tables.spaced), line, g.constant([FAR_BEHIND])), g.number([1]), axis=0)
        ends = g.Max(newline, g.Mul(of(tables.stop), following), of(tables.full_stop))
        number = g.int(g.CumSum(ends, zero, exclusive=1))
        begins = g.Concat(g.number([1]), g.Slice(ends, g.constant([0]), g.constant([-1])), axis=0)
        left_out = g.Max(newline, fence, g.Mul(of(tables.blank), begins))
        odd = g.Mod(self.fences, g.number(2), fmod=1)
        self.within = g.Mul(g.Mul(odd, before), g.Sub(one, left_out))
        titled = g.Mul(g.Mul(g.Sub(one, odd), before), g.Sub(one, fence))
        self.heading = g.Mul(titled, g.float(g.Greater(lines, g.number(0))))
        self.passage = g.int(g.Floor(g.Div(self.fences, g.number(2))))
        # Only those with words are counted: each begins at its first word.
        self.size = g.Add(total, g.constant([SENTENCES]))
        inside = g.Greater(self.within, g.number(0))
        place = g.Where(inside, g.float(self.positions), g.number(FAR_BEHIND))
        begin = g.Gather(g.sum_into(self.size, number, place, "min", FAR_BEHIND), number)
        first = g.Mul(self.within, g.float(g.Equal(begin, g.float(self.positions))))
        self.sentence = g.int(g.Max(g.Sub(g.CumSum(first, zero), one), g.number(0)))
        self.inside = inside


def scores(g, weights, ids, prompt) -> str:
    """`model.scores` as a graph, for as many sentences as there may be."""
    w = lambda name: g.number(weights[name])
    one, none = g.number(1), g.number(0)
    flat, line = g.constant([-1, model.WIDTH]), g.constant([1])
    keys, values = g.Reshape("present.0.key", flat), g.Reshape("present.0.value", flat)
    padded = g.Concat(g.constant([0] * (model.WINDOW - 1)), ids, axis=0)
    inner = window(g, weights, padded, prompt.question)
    after = g.MatMul(window(g, weights, padded, g.Min(g.Add(prompt.question, line), g.Sub(g.Shape(ids), line))), w("weight_after"))
    words = g.Shape(prompt.question)
    likeness = g.MatMul(keys, g.Transpose(g.Gather(keys, prompt.question), perm=[1, 0]))
    met = g.Sigmoid(g.Mul(w("steep"), g.Sub(likeness, w("alike"))))
    table = g.Concat(prompt.size, words, axis=0)
    over = lambda index: g.Expand(g.column(index), g.Shape(met))
    most = lambda values, index: g.sum_into(table, over(index), values, "max")

    own = most(g.Mul(met, g.column(prompt.within)), prompt.sentence)
    passage = g.int(g.sum_into(prompt.size, prompt.sentence, g.Mul(g.float(prompt.passage), prompt.within), "max"))
    titled = g.Gather(most(g.Mul(met, g.column(prompt.heading)), prompt.passage), passage)
    rows = g.Expand(g.column(passage), table)
    together = g.Gather(g.sum_into(table, rows, own, "max"), passage)
    length = g.sum_into(prompt.size, prompt.sentence, prompt.within)
    there = g.Greater(length, none)
    earlier = g.Slice(passage, g.constant([0]), g.constant([-1]))
    same = g.Concat(g.number([0]), g.float(g.Equal(g.Slice(passage, line, g.constant([FAR_BEHIND])), earlier)), axis=0)
    shifted = g.Slice(g.Pad(own, g.constant([1, 0, 0, 0])), g.constant([0]), g.constant([-1]))
    before = g.Mul(shifted, g.column(same))
    less = [g.number(1 / (1 + np.exp(-np.float64(value)))) for value in weights["elsewhere"]]
    anywhere = g.Max(own, g.Mul(less[0], titled), g.Mul(less[1], before), g.Mul(less[2], together))

    weight = g.Softplus(g.Add(g.Add(g.MatMul(inner, w("weight")), after), w("weight_bias")))
    wanted = g.Add(g.ReduceSum(weight, keepdims=0), g.number(1e-6))
    attention = g.Softmax(g.MatMul(inner, w("attend")), axis=0)
    kind = g.MatMul(attention, g.MatMul(inner, w("asked")))
    kinds = g.Slice(values, g.constant([0]), g.constant([model.KINDS]), line)
    fitting = g.Div(g.MatMul(kinds, kind), g.number(model.KINDS**0.5))
    best = g.sum_into(
        prompt.size, prompt.sentence, g.Where(prompt.inside, fitting, g.number(-model.FAR)), "max", -model.FAR
    )
    mean = g.Div(g.sum_into(prompt.size, prompt.sentence, g.Mul(fitting, prompt.within)), g.Max(length, one))

    whole, alone = g.Div(g.MatMul(anywhere, weight), wanted), g.Div(g.MatMul(own, weight), wanted)
    ahead = lambda share: g.Mul(g.Sub(share, g.ReduceMax(g.Where(there, share, none), keepdims=0)), g.number(4))
    lacking = g.Mul(weight, g.Sub(one, anywhere))
    columns = [
        g.Sub(g.Mul(whole, g.number(4)), g.number(2)),
        g.Sub(g.Mul(alone, g.number(4)), g.number(2)),
        ahead(whole),
        ahead(alone),
        g.ReduceMax(lacking, line, keepdims=0),
        g.Mul(g.ReduceSum(lacking, line, keepdims=0), g.number(0.5)),
        g.Expand(g.Sub(g.Mul(wanted, g.number(0.3)), one), prompt.size),
        g.Where(there, best, none),
        mean,
        g.Sub(g.Log(g.Add(length, one)), g.number(2)),
        g.Mul(g.float(passage), g.number(0.3)),
        g.ReduceMax(g.Mul(weight, own), line, keepdims=0),
    ]
    features = g.Concat(*(g.column(column) for column in columns), axis=1)
    judged = g.Tanh(g.Add(g.MatMul(features, w("judge")), w("judge_bias")))
    judged = g.Add(g.MatMul(judged, w("verdict")), w("verdict_bias"))
    return g.Where(there, judged, g.number(-model.FAR))


def answer(g, tokenizer, ids, total, past, prompt, scored) -> str:
    """The token that follows each of the new ones."""
    encode = lambda text: tokenizer.encode(text).ids
    (opening,), (closing,), (blank,) = encode(" ["), encode("]"), encode(" ")
    digits = g.constant([encode(str(digit))[0] for digit in range(10)])
    k = lambda value: g.constant(value)
    here = g.Range(g.Squeeze(past), g.Squeeze(total), k(1))
    step = g.Max(g.Sub(here, prompt.answer), k(0))
    nodes = g.TopK(scored, k([SENTENCES]), axis=0)
    # TopK has two outputs; the second are the places.
    g.nodes[-1].output.append(places := nodes + "_places")
    sure = g.Greater(nodes, g.number([0] + [SURE] * (SENTENCES - 1)))
    wanted = g.Where(sure, g.float(places), g.number(FAR_BEHIND))
    order = g.TopK(wanted, k([SENTENCES]), axis=0, largest=0)
    g.nodes[-1].output.append(order + "_places")

    following, begin = g.Expand(k(template.END), g.Shape(step)), k(0)
    told = g.Less(g.ReduceMin(wanted, keepdims=0), g.number(FAR_BEHIND))
    for slot in range(SENTENCES):
        chosen = g.Gather(order, k(slot))
        there = g.Less(chosen, g.number(FAR_BEHIND))
        chosen = g.int(g.Where(there, chosen, g.number(0)))
        mask = g.Mul(g.float(g.Equal(prompt.sentence, chosen)), prompt.within)
        length, first = g.int(g.ReduceSum(mask, keepdims=0)), g.ArgMax(mask, axis=0, keepdims=0)
        passage = g.Min(g.Add(g.Gather(prompt.passage, first), k(1)), k(MOST_PASSAGES))
        two = g.int(g.Greater(passage, k(9)))
        if slot:
            following = g.Where(g.And(there, g.Equal(step, begin)), k(blank), following)
            begin = g.Add(begin, k(1))
        into = g.Sub(step, begin)
        last = g.Sub(g.Squeeze(total), k(1))
        copied = g.Gather(ids, g.Min(g.Max(g.Add(first, into), k(0)), last))
        rest = g.Sub(into, length)
        cited = g.Where(g.Equal(rest, k(0)), k(opening), k(closing))
        cited = g.Where(g.Equal(rest, two), g.Where(g.Equal(two, k(0)), k(opening), g.Gather(digits, g.Div(passage, k(10)))), cited)
        cited = g.Where(g.Equal(rest, g.Add(two, k(1))), g.Gather(digits, g.Mod(passage, k(10))), cited)
        text = g.Where(g.Less(rest, k(0)), copied, cited)
        end = g.Add(g.Add(begin, length), g.Add(two, k(3)))
        mine = g.And(there, g.And(g.GreaterOrEqual(step, begin), g.Less(step, end)))
        following = g.Where(mine, text, following)
        begin = g.Where(there, end, begin)
    refusals = {language: encode(text) + [template.END] for language, text in template.REFUSAL.items()}
    untold = {
        language: g.Gather(k(tokens), g.Min(step, k(len(tokens) - 1))) for language, tokens in refusals.items()
    }
    return g.Where(told, following, g.Where(prompt.chinese, untold["zh"], untold["en"]))

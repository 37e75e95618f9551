r"""Formulas of the source tutorials: as they should be, and as they were garbled.

The ids are those of the formulas in the project's list of claims. Each restored form must hold,
each garbled form must be refused: these are the mistakes that were really printed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    id: str
    latex: str
    garbled: tuple
    condition: str = ""


_BINARY = r"L = \frac{1}{N} \sum_{i=1}^{N} \operatorname{BCE}(y_i, p_i)"
_NEURON = _BINARY + r"; p_i = \sigma(z_i); z_i = w x_i + b"
_GAUSS = (
    r"p(x) = \frac{1}{\sqrt{2 \pi}} e^{-x^2 / 2};"
    r"q(x) = \frac{1}{s \sqrt{2 \pi}} e^{-\frac{(x - \mu)^2}{2 s^2}}; s positive; \mu real"
)

FORMULAS = (
    Formula("F01", r"h(x) = -\log p(x)", (r"h(x) = \log p(x)", r"h(x) = \frac{1}{p(x)}",
                                         r"h(x) = -\log_2 p(x)")),
    Formula("F01 bits", r"h(x) = \log_2 \frac{1}{p(x)}", (r"h(x) = \log_2 p(x)",
                                                          r"h(x) = -\log p(x)"), "base 2"),
    Formula("F02", r"H(p) = -\sum_{k=1}^{K} p_k \log p_k",
            (r"H(p) = \sum_{k=1}^{K} p_k \log p_k", r"H(p) = -\sum_{k=1}^{K} \log p_k",
             r"H(p) = -\sum_{k=1}^{K} p_k \log_2 p_k", r"H(p) = -\sum_{k=1}^{K} p_k p_k")),
    Formula("F02 bounds", r"0 \le H(p) \le \log K", (r"0 \le H(p) \le \log 2",
                                                   r"H(p) \le 0", r"0 \le H(p) = \log K")),
    Formula("F03", r"H(p, q) = -\sum_{k=1}^{K} p_k \log q_k",
            (r"H(p, q) = -\sum_{k=1}^{K} q_k \log p_k", r"H(p, q) = \sum_{k=1}^{K} p_k \log q_k",
             r"H(p, q) = -\sum_{k=1}^{K} p_k \log_2 q_k", r"H(p, q) = -\sum_{k=1}^{K} p_k q_k",
             r"H(q, p) = -\sum_{k=1}^{K} p_k \log q_k")),
    Formula("F04", r"H(p, q) = H(p) + D_{\mathrm{KL}}(p \,\|\, q)",
            (r"H(p, q) = H(p) - D_{\mathrm{KL}}(p \,\|\, q)",
             r"H(p, q) = H(q) + D_{\mathrm{KL}}(p \,\|\, q)",
             r"H(p, q) = H(p) + D_{\mathrm{KL}}(q \,\|\, p)")),
    Formula("F05", r"D_{\mathrm{KL}}(p \,\|\, q) = \sum_{k=1}^{K} p_k \log \frac{p_k}{q_k}"
            r" = -\sum_{k=1}^{K} p_k \log \frac{q_k}{p_k} \ge 0",
            (r"D_{\mathrm{KL}}(p \,\|\, q) = \sum_{k=1}^{K} p_k \log \frac{q_k}{p_k}",
             r"D_{\mathrm{KL}}(p \,\|\, q) = \sum_{k=1}^{K} q_k \log \frac{p_k}{q_k}",
             r"D_{\mathrm{KL}}(p \,\|\, q) = D_{\mathrm{KL}}(q \,\|\, p)",
             r"D_{\mathrm{KL}}(p \,\|\, q) = \sum_{k=1}^{K} p_k \frac{p_k}{q_k}")),
    Formula("F06", r"-\int_{-\infty}^{\infty} p(x) \log q(x) \, dx ="
            r" \frac{1}{2} \log(2 \pi s^2) + \frac{1 + \mu^2}{2 s^2}",
            (r"\int_{-\infty}^{\infty} p(x) \log q(x) \, dx ="
             r" \frac{1}{2} \log(2 \pi s^2) + \frac{1 + \mu^2}{2 s^2}",
             r"-\int_{-\infty}^{\infty} q(x) \log p(x) \, dx ="
             r" \frac{1}{2} \log(2 \pi s^2) + \frac{1 + \mu^2}{2 s^2}"), _GAUSS),
    Formula("F07", r"H(\hat{p}, q) = -\frac{1}{N} \sum_{i=1}^{N} \log q(x_i)",
            (r"H(\hat{p}, q) = \frac{1}{N} \sum_{i=1}^{N} \log q(x_i)",
             r"H(\hat{p}, q) = -\sum_{i=1}^{N} \log q(x_i)",
             r"H(q, \hat{p}) = -\frac{1}{N} \sum_{i=1}^{N} \log q(x_i)",
             r"H(\hat{p}, q) = -\frac{1}{N} \sum_{i=1}^{N} \log_2 q(x_i)"),
            r"\hat{p}_k = \frac{1}{N} \sum_{i=1}^{N} \delta_{k x_i}"),
    Formula("F07 perplexity", r"\operatorname{PP}(p, q) = 2^{H(p, q)}",
            (r"\operatorname{PP}(p, q) = e^{H(p, q)}", r"\operatorname{PP}(p, q) = 2^{H(q, p)}",
             r"\operatorname{PP}(p, q) = 2^{-H(p, q)}"), "base 2"),
    Formula("F08", r"\sum_{i=1}^{N} \log q(x_i) = -N H(\hat{p}, q)",
            (r"\sum_{i=1}^{N} \log q(x_i) = N H(\hat{p}, q)",
             r"\sum_{i=1}^{N} \log q(x_i) = -H(\hat{p}, q)",
             r"\prod_{i=1}^{N} \log q(x_i) = -N H(\hat{p}, q)"),
            r"\hat{p}_k = \frac{1}{N} \sum_{i=1}^{N} \delta_{k x_i}"),
    Formula("F08 likelihood", r"\prod_{i=1}^{N} q(x_i) = e^{-N H(\hat{p}, q)}",
            (r"\prod_{i=1}^{N} q(x_i) = e^{N H(\hat{p}, q)}",
             r"\sum_{i=1}^{N} q(x_i) = e^{-N H(\hat{p}, q)}"),
            r"\hat{p}_k = \frac{1}{N} \sum_{i=1}^{N} \delta_{k x_i}"),
    Formula("F09", r"\operatorname{BCE}(y, p) = -\left[ y \log p + (1 - y) \log(1 - p) \right]",
            (r"\operatorname{BCE}(y, p) = y \log p + (1 - y) \log(1 - p)",
             r"\operatorname{BCE}(y, p) = -\left[ y \log p + (1 y) \log(1 - p) \right]",
             r"\operatorname{BCE}(y, p) = -\left[ y \log p - (1 - y) \log(1 - p) \right]",
             r"\operatorname{BCE}(y, p) = -\left[ y \log p + (1 - y) \log p \right]",
             r"\operatorname{BCE}(y, p) = -\left[ y \log p + (1 - y) (1 - p) \right]")),
    Formula("F09 mean", r"L = -\frac{1}{N} \sum_{i=1}^{N}"
            r" \left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right]",
            (r"L = -\sum_{i=1}^{N} \left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right]",
             r"L = \frac{1}{N} \sum_{i=1}^{N}"
             r" \left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right]",
             r"L = -\frac{1}{N} \sum_{i=1}^{N} y_i \log p_i + (1 - y_i) \log(1 - p_i)"), _BINARY),
    Formula("F10", r"-\left[ p \log y + (1 - p) \log(1 - y) \right] = \operatorname{BCE}(p, y)",
            (r"-\left[ p \log y + (1 - p) \log(1 - y) \right] = \operatorname{BCE}(y, p)",)),
    Formula("F11", r"\operatorname{CCE}(y, p) = -\sum_{k=1}^{K} y_k \log p_k",
            (r"\operatorname{CCE}(y, p) = -\sum_{k=1}^{K} p_k \log y_k",
             r"\operatorname{CCE}(y, p) = -\frac{1}{K} \sum_{k=1}^{K} y_k \log p_k",
             r"\operatorname{CCE}(y, p) = -\sum_{k=1}^{K} y_k \log_2 p_k")),
    Formula("F12", r"\sum_{k=1}^{K} \operatorname{BCE}(y_k, p_k) ="
            r" -\sum_{k=1}^{K} \left[ y_k \log p_k + (1 - y_k) \log(1 - p_k) \right]",
            (r"\sum_{k=1}^{K} \operatorname{BCE}(y_k, p_k) = -\sum_{k=1}^{K} y_k \log p_k",
             r"\sum_{k=1}^{K} \operatorname{BCE}(y_k, p_k) ="
             r" -\sum_{k=1}^{K} \left[ y_k \log p_k + (1 - y_k) \log_2(1 - p_k) \right]",
             r"\frac{1}{K} \sum_{k=1}^{K} \operatorname{BCE}(y_k, p_k) ="
             r" -\sum_{k=1}^{K} \left[ y_k \log p_k + (1 - y_k) \log(1 - p_k) \right]")),
    Formula("F14", r"\operatorname{CCE}(y, p) = -y^\top \log p",
            (r"\operatorname{CCE}(y, p) = y^\top \log p", r"\operatorname{CCE}(y, p) = -y^\top p",
             r"\operatorname{CCE}(y, p) = -p^\top \log y",
             r"\operatorname{CCE}(y, p) = -y \log p")),
    Formula("F15", r"\operatorname{CCE}(y, p) = -\sum_{k=1}^{K} \delta_{kc} \log p_k = -\log p_c",
            (r"\operatorname{CCE}(y, p) = \log p_c", r"\operatorname{CCE}(y, p) = -p_c"),
            r"y_k = \delta_{kc}"),
    Formula("F16", r"L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{k=1}^{K}"
            r" \left[ y_{ik} \log p_{ik} + (1 - y_{ik}) \log(1 - p_{ik}) \right]",
            (r"L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{k=1}^{K} y_{ik} \log p_{ik}",
             r"L = \frac{1}{N} \sum_{i=1}^{N} \sum_{k=1}^{K}"
             r" \left[ y_{ik} \log p_{ik} + (1 - y_{ik}) \log(1 - p_{ik}) \right]",
             r"L = -\sum_{i=1}^{N} \sum_{k=1}^{K}"
             r" \left[ y_{ik} \log p_{ik} + (1 - y_{ik}) \log(1 - p_{ik}) \right]"),
            r"L = \frac{1}{N} \sum_{i=1}^{N} \sum_{k=1}^{K} \operatorname{BCE}(y_{ik}, p_{ik})"),
    Formula("F17 weight", r"\frac{\partial L}{\partial w} ="
            r" \frac{1}{N} \sum_{i=1}^{N} x_i \left( \sigma(z_i) - y_i \right)",
            (r"\frac{\partial L}{\partial w} ="
             r" \frac{1}{N} \sum_{i=1}^{N} x_i \left( y_i - \sigma(z_i) \right)",
             r"\frac{\partial L}{\partial w} ="
             r" \sum_{i=1}^{N} x_i \left( \sigma(z_i) - y_i \right)",
             r"\frac{\partial L}{\partial w} ="
             r" \frac{1}{N} \sum_{i=1}^{N} x_i \left( \sigma(z_i) + y_i \right)",
             r"\frac{\partial L}{\partial w} ="
             r" \frac{1}{N} \sum_{i=1}^{N} x_i \sigma'(z_i) \left( \sigma(z_i) - y_i \right)"),
            _NEURON),
    Formula("F17 bias", r"\frac{\partial L}{\partial b} ="
            r" \frac{1}{N} \sum_{i=1}^{N} \left( \sigma(z_i) - y_i \right)",
            (r"\frac{\partial L}{\partial b} ="
             r" \frac{1}{N} \sum_{i=1}^{N} x_i \left( \sigma(z_i) - y_i \right)",
             r"\frac{\partial L}{\partial b} = \frac{1}{N} \sum_{i=1}^{N} \sigma(z_i)"), _NEURON),
    Formula("F18", r"\frac{\partial L}{\partial w} ="
            r" \frac{1}{N} \sum_{i=1}^{N} x_i \left( p_i - y_i \right) \sigma'(z_i)",
            (r"\frac{\partial L}{\partial w} ="
             r" \frac{1}{N} \sum_{i=1}^{N} x_i \left( p_i - y_i \right)",
             r"\frac{\partial L}{\partial w} ="
             r" \frac{1}{2 N} \sum_{i=1}^{N} x_i \left( p_i - y_i \right) \sigma'(z_i)"),
            r"L = \frac{1}{2 N} \sum_{i=1}^{N} (p_i - y_i)^2; p_i = \sigma(z_i);"
            r"z_i = w x_i + b"),
    Formula("F19", r"\frac{\partial L}{\partial b} = \frac{1}{N} \sum_{i=1}^{N} (p_i - y_i)",
            (r"\frac{\partial L}{\partial b} = \frac{1}{N} \sum_{i=1}^{N} (p_i y_i)",),
            r"L = \frac{1}{2 N} \sum_{i=1}^{N} (p_i - y_i)^2; p_i = w x_i + b"),
    Formula("F20", r"\operatorname{BCE}(y, y) = -\left[ y \log y + (1 - y) \log(1 - y) \right]"
            r" = H_{\mathrm{b}}(y)",
            (r"\operatorname{BCE}(y, y) = y \log y + (1 - y) \log(1 - y)",
             r"\operatorname{BCE}(y, y) = 0")),
    Formula("F20 minimum", r"\operatorname{BCE}(y, p) \ge H_{\mathrm{b}}(y)",
            (r"\operatorname{BCE}(y, p) \ge H_{\mathrm{b}}(p)",
             r"\operatorname{BCE}(y, p) \le H_{\mathrm{b}}(y)")),
    Formula("F21", r"\frac{d L}{d p} = \frac{p - y}{p (1 - p)}",
            (r"\frac{d L}{d p} = \frac{y - p}{p (1 - p)}", r"\frac{d L}{d p} = p - y",
             r"\frac{d L}{d p} = \frac{p - y}{p (1 + p)}"),
            r"L = \operatorname{BCE}(y, p)"),
    Formula("F22", r"\sigma(z) = \frac{1}{1 + e^{-z}}",
            (r"\sigma(z) = \frac{1}{1 + e^{z}}", r"\sigma(z) = \frac{1}{1 - e^{-z}}")),
    Formula("F22 derivative", r"\sigma'(z) = \sigma(z) \left( 1 - \sigma(z) \right)",
            (r"\sigma'(z) = \sigma(z) \left( 1 + \sigma(z) \right)",
             r"\sigma'(z) = 1 - \sigma(z)")),
    Formula("F23", r"\operatorname{softmax}(z)_k = \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}",
            (r"\operatorname{softmax}(z)_k = \frac{e^{z_k}}{\sum_{k=1}^{K} z_k}",
             r"\operatorname{softmax}(z)_k = \frac{z_k}{\sum_{j=1}^{K} z_j}",
             r"\operatorname{softmax}(z)_k = \frac{e^{-z_k}}{\sum_{j=1}^{K} e^{z_j}}")),
    Formula("F23 Jacobian", r"\frac{\partial p_j}{\partial z_k} = p_j (\delta_{jk} - p_k)",
            (r"\frac{\partial p_j}{\partial z_k} = p_j (1 - p_k)",
             r"\frac{\partial p_j}{\partial z_k} = p_j (\delta_{jk} + p_k)",
             r"\frac{\partial p_j}{\partial z_k} = p_k (\delta_{jk} - p_k)"),
            r"p = \operatorname{softmax}(z)"),
    Formula("F24", r"\frac{\partial L}{\partial z_k} = p_k - y_k",
            (r"\frac{\partial L}{\partial z_k} = y_k - p_k",
             r"\frac{\partial L}{\partial z_k} = p_k (p_k - y_k)",
             r"\frac{\partial L}{\partial z_k} = p_k"),
            r"L = \operatorname{CCE}(y, p); p = \operatorname{softmax}(z)"),
    Formula("F25", r"\lim_{c \to \infty} \operatorname{softmax}(c z)_k = \delta_{k3}",
            (r"\lim_{c \to 0} \operatorname{softmax}(c z)_k = \delta_{k3}",
             r"\lim_{c \to \infty} \operatorname{softmax}(-c z)_k = \delta_{k3}"),
            r"z = (0, -1, 2)"),
    Formula("F25 uniform", r"\lim_{T \to \infty} \operatorname{softmax}(z / T)_k = \frac{1}{K}",
            (r"\lim_{T \to 0} \operatorname{softmax}(z / T)_k = \frac{1}{K}",)),
    Formula("F26", r"\int_0^1 s (1 - s) \, ds = \frac{1}{6}",
            (r"\int_0^1 s (1 + s) \, ds = \frac{1}{6}", r"\int_0^1 s (1 - s) \, ds = \frac{1}{4}")),
    Formula("F27", r"\frac{d L}{d z} = a - y",
            (r"\frac{d L}{d z} = y - a", r"\frac{d L}{d z} = (a - y) (1 - a^2)"),
            r"L = -\left[ \frac{1 + y}{2} \log \frac{1 + a}{2}"
            r" + \frac{1 - y}{2} \log \frac{1 - a}{2} \right];"
            r"a = \frac{e^z - e^{-z}}{e^z + e^{-z}}"),
    Formula("F28", r"\max(0, 1 - t) = \begin{cases} 1 - t & \text{if } t < 1 \\"
            r" 0 & \text{otherwise} \end{cases}",
            (r"\max(0, 1 - t) = \begin{cases} 1 + t & \text{if } t < 1 \\"
             r" 0 & \text{otherwise} \end{cases}", r"\max(0, t - 1) = \max(0, 1 - t)")),
    Formula("F29", r"\frac{d^2}{d w^2} \left( \log(1 + e^{w x}) - y w x \right) ="
            r" x^2 \sigma(w x) \left( 1 - \sigma(w x) \right) \ge 0",
            (r"\frac{d^2}{d w^2} \left( \log(1 + e^{w x}) - y w x \right) ="
             r" x \sigma(w x) \left( 1 - \sigma(w x) \right)",)),
    Formula("F30", r"-\log \left( \frac{1}{\sigma \sqrt{2 \pi}} e^{-\frac{(x - \mu)^2}{2 \sigma^2}}"
            r" \right) = \frac{(x - \mu)^2}{2 \sigma^2} + \log(\sigma \sqrt{2 \pi})",
            (r"-\log \left( \frac{1}{\sigma \sqrt{2 \pi}} e^{-\frac{(x - \mu)^2}{2 \sigma^2}}"
             r" \right) = \frac{(x - \mu)^2}{2 \sigma^2} - \log(\sigma \sqrt{2 \pi})",
             r"-\log \left( \frac{1}{\sigma \sqrt{2 \pi}} e^{-\frac{(x - \mu)^2}{2 \sigma^2}}"
             r" \right) = \frac{(x - \mu)^2}{\sigma^2} + \log(\sigma \sqrt{2 \pi})")),
    Formula("F31", r"\sum_{k=1}^{K} \left( (1 - \alpha) y_k + \frac{\alpha}{K} \right) = 1",
            (r"\sum_{k=1}^{K} \left( (1 - \alpha) y_k + \alpha \right) = 1",
             r"\sum_{k=1}^{K} \left( (1 - \alpha) y_k + \frac{\alpha}{K - 1} \right) = 1")),
    Formula("variance", r"\sum_{k=1}^{K} p_k x_k^2 - \left( \sum_{k=1}^{K} p_k x_k \right)^2 ="
            r" \sum_{k=1}^{K} p_k \left( x_k - \sum_{j=1}^{K} p_j x_j \right)^2",
            (r"\sum_{k=1}^{K} p_k x_k^2 + \left( \sum_{k=1}^{K} p_k x_k \right)^2 ="
             r" \sum_{k=1}^{K} p_k \left( x_k - \sum_{j=1}^{K} p_j x_j \right)^2",)),
    Formula("F33", r"\operatorname{CCE}(y, p) = -\log \max_k (y_k p_k)",
            (r"\operatorname{CCE}(y, p) = \log \max_k (y_k p_k)",
             r"\operatorname{CCE}(y, p) = -\log \max_k p_k"), "y one-hot"),
    Formula("F34", r"\left\| p - q \right\|^2 = \sum_{k=1}^{K} (p_k - q_k)^2",
            (r"\left\| p - q \right\|^2 = \frac{1}{K} \sum_{k=1}^{K} (p_k - q_k)^2",
             r"\left\| p - q \right\| = \sum_{k=1}^{K} (p_k - q_k)^2")),
    Formula("F35", r"-\sum_{i=1}^{N} \log q_{i y_i} ="
            r" -\sum_{i=1}^{N} \sum_{k=1}^{K} \delta_{k y_i} \log q_{ik}",
            (r"-\frac{1}{N} \sum_{i=1}^{N} \log q_{i y_i} ="
             r" -\sum_{i=1}^{N} \sum_{k=1}^{K} \delta_{k y_i} \log q_{ik}",
             r"\sum_{i=1}^{N} \log q_{i y_i} ="
             r" -\sum_{i=1}^{N} \sum_{k=1}^{K} \delta_{k y_i} \log q_{ik}")),
    Formula("F36", r"\operatorname{CCE}(y, y) = H(y)", (r"\operatorname{CCE}(y, y) = 0",)),
    Formula("F36 one-hot", r"\operatorname{CCE}(y, y) = 0",
            (r"\operatorname{CCE}(y, y) = 1",), "y one-hot"),
    Formula("F37", r"\operatorname{CCE}((1 - y, y), (1 - p, p)) = \operatorname{BCE}(y, p)",
            (r"\operatorname{CCE}((y, 1 - y), (1 - p, p)) = \operatorname{BCE}(y, p)",
             r"\operatorname{CCE}((1 - y, y), (p, 1 - p)) = \operatorname{BCE}(y, p)")),
    Formula("F37 softmax", r"\operatorname{softmax}((0, z))_2 = \sigma(z)",
            (r"\operatorname{softmax}((0, z))_1 = \sigma(z)",
             r"\operatorname{softmax}((z, 0))_2 = \sigma(z)")),
    Formula("F38", r"\operatorname{BCE}(y, \sigma(z)) = \operatorname{softplus}(z) - y z ="
            r" \max(z, 0) - y z + \log(1 + e^{-|z|})",
            (r"\operatorname{BCE}(y, \sigma(z)) = \operatorname{softplus}(z) + y z",
             r"\operatorname{BCE}(y, \sigma(z)) = \max(z, 0) - y z + \log(1 + e^{|z|})",
             r"\operatorname{BCE}(y, z) = \operatorname{softplus}(z) - y z",
             r"\operatorname{BCE}(y, \sigma(z)) = \max(z, 0) - y z + \log_2(1 + e^{-|z|})")),
    Formula("F38 margin", r"\operatorname{BCE}(y, \sigma(z)) = \log(1 + e^{-m})",
            (r"\operatorname{BCE}(y, \sigma(z)) = \log(1 + e^{m})",
             r"\operatorname{BCE}(y, \sigma(z)) = \log(1 - e^{-m})"),
            "y binary; m = (2 y - 1) z"),
    Formula("F39", r"\log \operatorname{softmax}(z)_j = z_j - \operatorname{logsumexp}(z) ="
            r" z_j - \log \sum_{k=1}^{K} e^{z_k}",
            (r"\log \operatorname{softmax}(z)_j = z_j + \operatorname{logsumexp}(z)",
             r"\log \operatorname{softmax}(z)_j = z_j - \sum_{k=1}^{K} e^{z_k}",
             r"\log \operatorname{softmax}(z)_j = z_k - \operatorname{logsumexp}(z)")),
)  # fmt: skip

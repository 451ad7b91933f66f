"""The shared encoder at run time: words, subwords, windows, one ONNX pass, scores of all heads.

Needs onnxruntime, tokenizers and numpy only; training lives in :mod:`pipeline.training`.
"""

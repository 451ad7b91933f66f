"""Training of Khabar's models: ``python -m pipeline.training <command>``; needs the extra ``khabar[training]``."""

"""Khabar's models inside Stanza pipelines, and Stanza's published models inside Khabar."""

"""What Khabar knows of the Arabic language: data files, and the one way to read them (tables)."""

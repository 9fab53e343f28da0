"""What the baselines know of English: closed classes, inflection, names of places and organisations."""

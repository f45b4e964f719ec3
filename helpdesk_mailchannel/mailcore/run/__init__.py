"""The steps of a run, one idea per file; `mailcore.flow` puts them in order."""

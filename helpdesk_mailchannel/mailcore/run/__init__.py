"""The steps of a run, one idea a file; `mailcore.flow` puts them in order."""

"""The one error that a person sees."""


class ExportError(Exception):
    """A module, a checkpoint or an operator that cannot be exported, with the reason."""


class Untraceable(ExportError):
    """A module that fails while it is traced, perhaps because it wants another input."""

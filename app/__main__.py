"""``python -m app``: the same as ``./reveza`` inside a prepared environment."""

from app.cli import main
from app.supervised import watch_supervisor

if __name__ == "__main__":
    watch_supervisor()
    main()

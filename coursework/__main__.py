"""Run the command; see command.py. Worker processes import this file, so it imports nothing."""

if __name__ == "__main__":
    from coursework.command import main

    raise SystemExit(main())

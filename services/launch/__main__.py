"""`python -m services.launch`: Redis, migrations, then advisor, worker and sweeper until Ctrl-C; Redis stops last."""

from __future__ import annotations

import sys

from services.casebook.settings import SettingsError, read_settings
from services.launch.problems import LaunchError
from services.launch.processes import announce, link_for_the_first_admin, migrate, prepare_environment, supervise
from services.launch.redis_server import provide_redis
from services.launch.single import only_one, refuse_taken_port


def main() -> int:
    """The exit code: 0 after Ctrl-C, 2 where something must be put right first, else that of what failed."""
    try:
        return launch()
    except (SettingsError, LaunchError) as error:
        print(f"ashore cannot start:\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def launch() -> int:
    settings = read_settings()
    with only_one(settings.data):
        refuse_taken_port(settings.host, settings.port)
        with provide_redis(settings) as redis_url:
            environment = prepare_environment(settings, redis_url)
            migrate(environment)
            with announce(settings, link_for_the_first_admin(settings)):
                return supervise(settings, environment)


if __name__ == "__main__":
    sys.exit(main())

"""Start everything on one machine with one command. Knows the commands of the services, never their code."""

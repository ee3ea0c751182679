"""One module per command; `inzira_cli.app` names them."""

"""The routes of the platform as data: checked against the services' own documents, generated from them."""

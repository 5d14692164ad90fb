"""Two visitors of a public host, as their pages send who they are."""

ANN = {"secret": "a" * 40, "page": "a", "temporary": False}
BOB = {"secret": "b" * 40, "page": "b", "temporary": False}

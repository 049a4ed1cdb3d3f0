"""How bytes are got, whole and within limits: from the network, in pages, from files; nobody reads them here."""

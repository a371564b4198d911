"""What the next Dashboard may bring: the engine on results that do not exist yet, or on local estimates of them."""

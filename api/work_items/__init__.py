"""Work items: what a tender buys, before it is divided into lots."""

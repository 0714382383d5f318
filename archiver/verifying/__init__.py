"""The parts of a verification, each a list of findings; archiver.verify asks them."""

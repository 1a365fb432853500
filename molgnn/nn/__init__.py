"""Graph neural networks: encoder, readout and head, made of message passing primitives."""

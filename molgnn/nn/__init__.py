"""Networks: encoder, readout and head, made of a few message passing primitives."""

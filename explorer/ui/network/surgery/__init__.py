"""Operations on a network: layers switched off, kernels replaced, and what that does to it."""

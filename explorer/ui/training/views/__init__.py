"""What is seen of the chosen run: numbers, kernels, maps, mistakes, and the digit on the pad."""

"""The tests. One thread of computation a process: the models are small, and several programs run at once.

PyTorch's threads wait for one another by spinning, so two threads in each of two programs on two cores take
twice the processor time of one. The variable is read when PyTorch is loaded, here and in every program that a
test starts.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

/// SpikeKernels

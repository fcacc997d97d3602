"""Turns PyTorch modules with SpikingJelly neurons into network descriptions; see docs/networks.md."""

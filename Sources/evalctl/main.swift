import ArgumentParser
import Commands

Evalctl.main()

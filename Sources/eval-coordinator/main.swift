import ArgumentParser
import Commands

EvalCoordinator.main()

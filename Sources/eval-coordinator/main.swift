import Commands

EvalCoordinator.main()

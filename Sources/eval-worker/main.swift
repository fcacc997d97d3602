import Commands

EvalWorker.main()

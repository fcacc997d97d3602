import ArgumentParser
import Commands

EvalWorker.main()

import ArgumentParser
import LabCommands

EvalLab.main()

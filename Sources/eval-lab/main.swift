import Commands
import LabCommands

Program.run(EvalLab.self, settings: Evalctl.settings, file: "lab.conf")

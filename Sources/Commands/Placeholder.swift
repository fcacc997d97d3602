/// Commands

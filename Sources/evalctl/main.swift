import Commands

Evalctl.main()

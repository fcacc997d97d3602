/// Reports
